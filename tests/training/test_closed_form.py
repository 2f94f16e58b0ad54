"""Closed-form matting finds the alpha with which two surfaces were mixed."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from live_seg.evaluation.trimap import UNKNOWN
from live_seg.training import closed_form
from live_seg.training.closed_form import solved, with_solved_border


def mixed(height: int = 60, width: int = 80) -> tuple[np.ndarray, np.ndarray]:
    """A soft disc before a room, each of one colour that grows darker to the right; and its true alpha, 0..1."""
    y, x = np.mgrid[:height, :width]
    alpha = np.clip((22 - np.hypot(y - height / 2, x - width / 2)) / 9 + 0.5, 0, 1)
    light = (1 - 0.3 * x / width)[..., None]
    image = alpha[..., None] * (40, 90, 230) * light + (1 - alpha[..., None]) * (200, 190, 60) * light
    return image.round().astype(np.uint8), alpha


def trimap_of(alpha: np.ndarray, reach: int = 4) -> np.ndarray:
    """What of it is sure, by `reach` pixels more than it really is."""
    kernel = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    inside = cv2.erode((alpha == 1).astype(np.uint8), kernel)
    outside = cv2.erode((alpha == 0).astype(np.uint8), kernel)
    return np.where(inside, 255, np.where(outside, 0, UNKNOWN)).astype(np.uint8)


def test_the_alpha_of_two_mixed_surfaces_is_found() -> None:
    image, alpha = mixed()
    trimap = trimap_of(alpha)
    open_ = trimap == UNKNOWN
    assert open_.mean() > 0.3
    apart = np.abs(solved(image, trimap) / 255 - alpha)
    assert apart[open_].mean() < 0.01 and apart.max() < 0.06
    assert np.array_equal(solved(image, trimap)[~open_], trimap[~open_])


def test_what_is_sure_stays_whatever_the_colours_say() -> None:
    image, alpha = mixed()
    trimap = trimap_of(alpha)
    trimap[28:32, 38:42] = 0
    found = solved(image, trimap)
    assert (found[28:32, 38:42] == 0).all() and found.dtype == np.uint8


@pytest.mark.parametrize("values", [(255, UNKNOWN), (255, 0), (0, 255)])
def test_without_a_border_or_without_room_all_stays(values: tuple[int, int]) -> None:
    alpha = np.full((10, 12), values[0], np.uint8)
    alpha[3:6, 3:6] = values[1]
    assert solved(np.zeros((10, 12, 3), np.uint8), alpha) is alpha


@pytest.mark.parametrize("shape", [(2, 40), (40, 1), (3000, 4)])
def test_what_is_too_narrow_for_a_window_stays_open(shape: tuple[int, int]) -> None:
    image, alpha = np.zeros((*shape, 3), np.uint8), np.zeros(shape, np.uint8)
    alpha[-9:, -9:] = 255
    assert with_solved_border(image, alpha).shape == shape
    alpha[0, 0] = UNKNOWN
    found = solved(image, alpha)
    assert found[0, 0] == UNKNOWN and np.array_equal(found[1:], alpha[1:])


def test_of_what_nothing_decides_on_half_is_the_pets() -> None:
    alpha = np.full((9, 9), UNKNOWN, np.uint8)
    alpha[0, 0], alpha[8, 8] = 0, 255
    found = solved(np.full((9, 9, 3), 77, np.uint8), alpha)
    assert 100 < found[4, 4] < 156


def test_a_large_picture_is_solved_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    image, alpha = mixed(120, 160)
    trimap = trimap_of(alpha)
    monkeypatch.setattr(closed_form, "_SIDE_PX", 80)
    found = solved(image, trimap)
    open_ = trimap == UNKNOWN
    assert np.abs(found / 255 - alpha)[open_].mean() < 0.04
    assert np.array_equal(found[~open_], trimap[~open_])


def staircase(alpha: np.ndarray) -> np.ndarray:
    """A mask as somebody draws it: of blocks, and a pixel beside the truth."""
    coarse = cv2.resize((alpha > 0.5).astype(np.uint8), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_NEAREST)
    drawn = cv2.resize(coarse, alpha.shape[::-1], interpolation=cv2.INTER_NEAREST)
    return np.roll(drawn, 1, axis=1) * np.uint8(255)


def sharp(height: int = 180, width: int = 240) -> tuple[np.ndarray, np.ndarray]:
    """A disc with an edge of a pixel before a room; and its true alpha, 0..1."""
    y, x = np.mgrid[:height, :width]
    alpha = np.clip(60.5 - np.hypot(y - height / 2, x - width / 2), 0, 1)
    colours = alpha[..., None] * (40, 90, 230) + (1 - alpha[..., None]) * (200, 190, 60)
    noise = np.random.default_rng(0).normal(0, 3, colours.shape)
    return np.clip(colours + noise, 0, 255).round().astype(np.uint8), alpha


def test_a_border_that_was_drawn_badly_comes_to_the_pictures_edge() -> None:
    image, alpha = sharp()
    mask = staircase(alpha)
    before = np.abs(mask / 255 - alpha).sum()
    found = with_solved_border(image, mask)
    assert np.abs(found / 255 - alpha).sum() < 0.3 * before
    inside = cv2.erode(mask, np.ones((15, 15), np.uint8)) == 255
    assert (found[inside] == 255).all() and found.dtype == np.uint8


def test_a_border_without_an_edge_in_the_picture_runs_softly_where_it_was() -> None:
    _, alpha = sharp()
    mask = staircase(alpha)
    found = with_solved_border(np.full((*mask.shape, 3), 99, np.uint8), mask)
    assert found.sum(dtype=float) == pytest.approx(mask.sum(dtype=float), rel=0.01)
    far = cv2.dilate(mask, np.ones((5, 5), np.uint8)) == cv2.erode(mask, np.ones((5, 5), np.uint8))
    assert np.array_equal(found[far], mask[far])


@pytest.mark.parametrize("level", [0, 255])
def test_without_a_border_a_mask_stays(level: int) -> None:
    mask = np.full((10, 12), level, np.uint8)
    assert with_solved_border(np.zeros((10, 12, 3), np.uint8), mask) is mask


def test_tiny_and_large_masks_are_solved() -> None:
    for height, width in ((1, 3), (3, 3), (5, 4), (30, 2000)):
        image = np.random.default_rng(1).integers(0, 256, (height, width, 3), np.uint8)
        mask = np.zeros((height, width), np.uint8)
        mask[:, : width // 2] = 255
        assert with_solved_border(image, mask).shape == mask.shape
