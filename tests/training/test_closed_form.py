"""Closed-form matting finds the alpha with which two surfaces were mixed."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from live_seg.evaluation.trimap import UNKNOWN
from live_seg.training import closed_form
from live_seg.training.closed_form import solved


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
