"""A matte that follows the picture is nearer to the truth than one that stands still."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from live_seg.frame import Image
from live_seg.matting.follow import Follow
from live_seg.matting.steady import SmallAlpha

WIDTH, HEIGHT = 288, 160


def scene(left: float, top: float) -> tuple[Image, SmallAlpha]:
    """A person with a pattern before a room with another."""
    random = np.random.default_rng(4)
    room, clothes = (cv2.GaussianBlur(random.uniform(0, 255, (HEIGHT, WIDTH, 3)), (0, 0), 6) for _ in range(2))
    room, clothes = (cv2.normalize(plane, None, 20, 220, cv2.NORM_MINMAX) for plane in (room, clothes))  # type: ignore[call-overload]
    shape = np.zeros((HEIGHT, WIDTH), np.float32)
    cv2.ellipse(shape, (100, 90), (40, 55), 0, 0, 360, 1.0, cv2.FILLED, cv2.LINE_AA)
    move = np.array([[1, 0, left], [0, 1, top]], np.float32)
    alpha, moved = (cv2.warpAffine(plane.astype(np.float32), move, (WIDTH, HEIGHT)) for plane in (shape, clothes))
    return (room * (1 - alpha[..., None]) + moved * alpha[..., None]).astype(np.uint8), alpha


@pytest.mark.parametrize("step", [(3.0, 0.0), (-6.0, 2.0), (0.0, -4.0), (9.0, 3.0)])
def test_it_moves_with_the_person(step: tuple[float, float]) -> None:
    follow = Follow()
    image, alpha = scene(0, 0)
    follow.look(alpha, image)
    later, truth = scene(*step)
    moved = follow(later)
    assert moved is not None
    assert np.abs(moved - truth).mean() < 0.7 * np.abs(alpha - truth).mean()


def test_where_nothing_moves_it_stays() -> None:
    follow = Follow()
    image, alpha = scene(0, 0)
    follow.look(alpha, image)
    moved = follow(image)
    assert moved is not None
    assert np.abs(moved - alpha).max() < 0.05
    assert moved is not alpha


def test_it_never_leaves_the_range_nor_changes_what_it_keeps() -> None:
    follow, random = Follow(), np.random.default_rng(1)
    alpha = random.random((HEIGHT, WIDTH), np.float32)
    image = random.integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)
    before = alpha.copy()
    follow.look(alpha, image)
    moved = follow(random.integers(0, 256, image.shape, np.uint8))
    assert moved is None or (moved.min() >= 0 and moved.max() <= 1)
    assert np.array_equal(alpha, before)


def test_another_scene_another_size_and_nothing_at_all_cannot_be_followed() -> None:
    follow = Follow()
    image, alpha = scene(0, 0)
    assert follow(image) is None
    follow.look(alpha, image)
    assert follow(np.full_like(image, 255)) is None
    assert follow(np.ascontiguousarray(image[:, ::-1][:96])) is None
    follow.reset()
    assert follow(image) is None


@pytest.mark.parametrize("light", [0.15, 0.35, 0.6])
def test_a_cut_between_dark_scenes_cannot_be_followed_however_little_it_changes_the_levels(light: float) -> None:
    follow = Follow()
    image, alpha = scene(0, 0)
    image, other = (np.asarray(picture * light, np.uint8) for picture in (image, image[::-1, ::-1]))
    follow.look(alpha, image)
    assert follow(image) is not None
    assert follow(np.ascontiguousarray(other)) is None


@pytest.mark.parametrize("width", [6, 20, 50])
@pytest.mark.parametrize("light", [0.6, 1.0])
def test_who_is_gone_at_once_leaves_no_matte_over_the_room_however_small_he_was(width: int, light: float) -> None:
    follow = Follow()
    with_person, _ = scene(0, 0)
    room, _ = scene(400, 0)
    there = np.zeros((HEIGHT, WIDTH), np.float32)
    there[40:140, 90 : 90 + width] = 1
    image = np.where(there[..., None] > 0, with_person[:, ::-1], room)
    image, room = (np.asarray(picture * light, np.uint8) for picture in (image, room))
    follow.look(there, image)
    assert follow(image) is not None
    assert follow(room) is None


def test_what_is_nothing_but_noise_is_followed() -> None:
    follow, random = Follow(), np.random.default_rng(3)
    dark, noisy = (np.asarray(random.normal(20, 4, (HEIGHT, WIDTH, 3)).clip(0, 255), np.uint8) for _ in range(2))
    follow.look(np.full((HEIGHT, WIDTH), 0.5, np.float32), dark)
    assert follow(noisy) is not None


@pytest.mark.parametrize("size", [(32, 32), (32, 96), (64, 32), (96, 160), (160, 96)])
def test_any_size_of_input_can_be_followed(size: tuple[int, int]) -> None:
    follow, random = Follow(), np.random.default_rng(2)
    image = np.asarray(cv2.GaussianBlur(random.integers(0, 256, (*size, 3), np.uint8), (0, 0), 2), np.uint8)
    follow.look(np.full(size, 0.5, np.float32), image)
    moved = follow(image)
    assert moved is not None
    assert moved.shape == size
