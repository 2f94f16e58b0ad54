from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from live_seg.frame import Size
from live_seg.shrink import half, shrink


@given(st.integers(1, 200), st.integers(1, 200), st.integers(1, 60), st.integers(1, 60), st.sampled_from([0, 3]))
def test_it_has_the_size_that_was_asked_for_and_an_even_picture_stays_even(
    width: int, height: int, to_width: int, to_height: int, channels: int
) -> None:
    image = np.full((height, width, channels) if channels else (height, width), 77, np.uint8)
    small = shrink(image, Size(to_width, to_height))
    assert Size.of(small) == (to_width, to_height)
    assert small.ndim == image.ndim
    assert (small == 77).all()


def test_a_picture_of_that_size_is_itself() -> None:
    image = np.zeros((48, 64, 3), np.uint8)
    assert shrink(image, Size(64, 48)) is image


@pytest.mark.parametrize("size", [Size(1280, 720), Size(1920, 1080), Size(641, 359), Size(480, 640)], ids=str)
def test_it_is_near_the_mean_over_areas(size: Size) -> None:
    random = np.random.default_rng(5)
    image = cv2.GaussianBlur(random.integers(0, 256, (size.height, size.width, 3), np.uint8), (0, 0), 4)
    image = cv2.normalize(image, None, 0, 255, cv2.NORM_MINMAX)
    target = Size(288, 160) if size.width > size.height else Size(192, 256)
    difference = shrink(image, target).astype(float) - cv2.resize(image, target, interpolation=cv2.INTER_AREA)
    assert np.abs(difference).mean() < 4


def test_fine_stripes_become_grey_instead_of_other_stripes() -> None:
    image = np.zeros((720, 1280, 3), np.uint8)
    image[:, ::2] = 254
    assert np.abs(shrink(image, Size(288, 160)).astype(int) - 127).max() <= 1


@given(st.integers(1, 60), st.integers(1, 60), st.sampled_from([0, 3]), st.sampled_from([np.uint8, np.float32]))
def test_half_is_what_the_mean_over_areas_gives_bit_by_bit(height: int, width: int, channels: int, kind: type) -> None:
    shape = (2 * height, 2 * width, channels) if channels else (2 * height, 2 * width)
    plane = np.random.default_rng(height * 61 + width).integers(0, 256, shape).astype(kind)
    assert np.array_equal(half(plane), cv2.resize(plane, (width, height), interpolation=cv2.INTER_AREA))


def test_half_of_odd_sides_covers_the_whole_picture() -> None:
    plane = np.random.default_rng(0).integers(0, 256, (7, 9, 3)).astype(np.uint8)
    assert np.array_equal(half(plane), cv2.resize(plane, (4, 3), interpolation=cv2.INTER_AREA))
    assert half(np.full((1, 1), 7, np.uint8)) == 7
