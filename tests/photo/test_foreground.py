"""At soft edges the subject keeps its own colours."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from live_seg.frame import Alpha, Image, Size
from live_seg.photo import foreground
from live_seg.photo.foreground import _part, cleaned


def soft_disc(size: Size, softness: float) -> Alpha:
    alpha = np.zeros((size.height, size.width), np.uint8)
    cv2.circle(alpha, (size.width // 2, size.height // 2), min(size) // 3, 255, cv2.FILLED)
    return np.asarray(cv2.GaussianBlur(alpha, (0, 0), softness), np.uint8)


def mixed(front: Image, back: Image, alpha: Alpha) -> Image:
    weight = alpha[..., None] / 255
    return (front * weight + back * (1 - weight) + 0.5).astype(np.uint8)


def plain(size: Size, colour: tuple[int, int, int]) -> Image:
    return np.full((size.height, size.width, 3), colour, np.uint8)


@pytest.mark.parametrize("size", [Size(300, 240), Size(2400, 1700)], ids=str)
def test_dark_hair_before_a_white_wall_is_dark(size: Size) -> None:
    alpha = soft_disc(size, 0.01 * size.width)
    front, back = plain(size, (30, 40, 60)), plain(size, (250, 250, 250))
    seen = mixed(front, back, alpha)
    edge = (alpha > 40) & (alpha < 250)
    halo = np.abs(seen[edge].astype(int) - front[edge]).mean()
    assert np.abs(cleaned(seen, alpha)[edge].astype(int) - front[edge]).mean() < 0.15 * halo


def test_where_the_matte_is_sure_no_pixel_changes() -> None:
    random = np.random.default_rng(0)
    image = random.integers(0, 256, (333, 555, 3), np.uint8)
    alpha = soft_disc(Size(555, 333), 5)
    sure = (alpha == 0) | (alpha == 255)
    before = image.copy()
    assert np.array_equal(cleaned(image, alpha)[sure], image[sure])
    assert np.array_equal(image, before)


def test_in_tiles_it_is_the_same_as_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    size = Size(700, 500)
    image = np.random.default_rng(0).integers(0, 256, (500, 700, 3), np.uint8)
    alpha = soft_disc(size, 9)
    at_once = cleaned(image, alpha)
    monkeypatch.setattr(foreground, "_TILE", 97)
    assert np.abs(cleaned(image, alpha).astype(int) - at_once).max() <= 1


def test_far_colours_lie_where_the_picture_has_them() -> None:
    small = np.random.default_rng(1).random((30, 40, 3), np.float32)
    large = cv2.resize(small, (320, 240), interpolation=cv2.INTER_LINEAR)
    for part in (np.s_[0:240, 0:320], np.s_[97:200, 31:64]):
        assert np.abs(_part(small, part, (1 / 8, 1 / 8)) - large[part]).max() < 0.02


@pytest.mark.parametrize("value", [0, 1, 128, 254, 255])
@pytest.mark.parametrize("shape", [(1, 1), (2, 900), (900, 2)])
def test_any_matte_of_any_shape_gives_colours(shape: tuple[int, int], value: int) -> None:
    image = np.full((*shape, 3), 77, np.uint8)
    found = cleaned(image, np.full(shape, value, np.uint8))
    assert found.shape == image.shape
    assert np.abs(found.astype(int) - 77).max() <= 2
