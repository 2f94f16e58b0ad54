"""What is left of a frame that is hidden."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from live_seg.frame import Size
from live_seg.live.guard import beyond_recognition


@given(st.integers(1, 400), st.integers(1, 400))
def test_a_hidden_picture_keeps_its_size(width: int, height: int) -> None:
    image = np.random.default_rng(width * height).integers(0, 256, (height, width, 3), np.uint8)
    assert beyond_recognition(image).shape == image.shape


@pytest.mark.parametrize("size", [Size(1280, 720), Size(1919, 1079), Size(640, 480), Size(480, 640)], ids=str)
def test_a_dozen_columns_tell_all_that_is_left_in_a_hidden_picture(size: Size) -> None:
    coarse = np.random.default_rng(size.width).integers(0, 256, (48, 48, 3), np.uint8)
    hidden = beyond_recognition(np.asarray(cv2.resize(coarse, size, interpolation=cv2.INTER_NEAREST), np.uint8))
    columns = np.arange(size.width)
    middles = (np.arange(12) + 0.5) * size.width / 12 - 0.5
    for line in hidden[::16, :, 0]:
        assert np.abs(np.interp(columns, middles, np.interp(middles, columns, line)) - line).max() <= 2
