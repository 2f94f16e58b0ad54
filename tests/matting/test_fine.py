"""A matte at the size of a large picture: crisp where the picture is, the same in tiles as at once."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from live_seg.frame import Alpha, Image, Size
from live_seg.matting import fine
from live_seg.matting.fine import refined


def disc(size: Size) -> Alpha:
    truth = np.zeros((size.height, size.width), np.uint8)
    cv2.circle(truth, (size.width // 2, size.height // 2), min(size) // 3, 255, cv2.FILLED, cv2.LINE_AA)
    return truth


def before_a_wall(truth: Alpha) -> Image:
    """A light disc before a dark wall, both with some noise."""
    noise = np.random.default_rng(0).integers(-9, 10, (*truth.shape, 3))
    return (40 + truth[..., None] * 0.6 + noise).clip(0, 255).astype(np.uint8)


def known_as(truth: Alpha, small: Size) -> Alpha:
    """The truth as a network sees it, enlarged again."""
    seen = cv2.GaussianBlur(cv2.resize(truth, small, interpolation=cv2.INTER_AREA), (3, 3), 0.8)
    return np.asarray(cv2.resize(seen, Size.of(truth)), np.uint8)


def off(alpha: Alpha, truth: Alpha) -> float:
    return float(np.abs(alpha.astype(int) - truth).mean())


@pytest.mark.parametrize("size", [Size(1600, 1200), Size(1111, 1601)], ids=str)
def test_edges_are_found_again_at_full_size(size: Size) -> None:
    truth = disc(size)
    small = Size(size.width // 8, size.height // 8)
    blurred = known_as(truth, small)
    found = refined(before_a_wall(truth), blurred, small)
    assert off(found, truth) < 0.3 * off(blurred, truth)
    assert found.shape == truth.shape


def test_a_picture_that_is_hardly_larger_keeps_its_matte() -> None:
    truth = disc(Size(640, 480))
    assert refined(before_a_wall(truth), truth, Size(480, 360)) is truth


def test_in_tiles_it_is_the_same_as_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    truth = disc(Size(1301, 903))
    image, known = before_a_wall(truth), Size(160, 112)
    in_tiles = []
    for side in (10_000, 128, 37):
        monkeypatch.setattr(fine, "_TILE", side)
        in_tiles.append(refined(image, known_as(truth, known), known))
    assert np.array_equal(in_tiles[0], in_tiles[1])
    assert np.array_equal(in_tiles[0], in_tiles[2])


@pytest.mark.parametrize("size", [Size(1, 900), Size(900, 1), Size(3, 2000)], ids=str)
def test_a_thread_of_a_picture_is_no_trouble(size: Size) -> None:
    image = np.zeros((size.height, size.width, 3), np.uint8)
    alpha = np.full((size.height, size.width), 255, np.uint8)
    assert (refined(image, alpha, Size(32, 64)) == 255).all()
