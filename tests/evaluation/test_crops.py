"""Crops of pictures as pictures of their own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from live_seg.evaluation.crops import Crop
from live_seg.frame import Alpha, Image


@dataclass(frozen=True, slots=True)
class Ruler:
    """A picture whose blue is the column and whose green is the row, with a person from `top` downwards in it."""

    name: str = "ruler-1"
    source: str = "ruler"
    size: tuple[int, int] = (250, 240)
    person: tuple[slice, slice] = (slice(60, 240), slice(90, 160))

    def load(self) -> tuple[Image, Alpha]:
        width, height = self.size
        image = np.zeros((height, width, 3), np.uint8)
        image[..., 0], image[..., 1] = np.arange(width), np.arange(height)[:, None]
        alpha = np.zeros((height, width), np.uint8)
        alpha[self.person] = 255
        return image, alpha


def test_a_crop_is_a_part_of_picture_and_mask_with_some_of_the_person() -> None:
    whole = Ruler()
    image, alpha = whole.load()
    shapes, tops = [], []
    for number in range(60):
        part, mask = Crop(whole, number, "ruler").load()
        left, top = int(part[0, 0, 0]), int(part[0, 0, 1])
        height, width = mask.shape
        assert np.array_equal(part, image[top : top + height, left : left + width])
        assert np.array_equal(mask, alpha[top : top + height, left : left + width])
        assert 0.03 < (mask > 127).mean() < 0.85 and min(width, height) >= 95 and width * height <= 0.9 * 250 * 240
        shapes.append(width / height)
        tops.append(top)
    assert np.mean(np.array(shapes) > 1.2) > 0.5, "most are wide"
    assert min(shapes) < 0.8 and max(shapes) > 1.7
    assert np.mean((np.array(tops) > 15) & (np.array(tops) < 60)) > 0.3, "many begin above the head"
    assert max(tops) > 60, "some below it"


def test_a_crop_is_the_same_each_time() -> None:
    first, again, other = (Crop(Ruler(), number, "ruler").load()[0] for number in (0, 0, 1))
    assert np.array_equal(first, again) and first.shape != other.shape


@pytest.mark.parametrize(
    "whole",
    [
        Ruler(size=(90, 80), person=(slice(0, 40), slice(0, 40))),
        Ruler(person=(slice(0, 240), slice(0, 250))),
        Ruler(person=(slice(0, 5), slice(0, 5))),
        Ruler(person=(slice(0, 0), slice(0, 0))),
    ],
)
def test_where_no_part_will_do_it_is_the_whole_picture(whole: Ruler) -> None:
    part, mask = Crop(whole, 0, "ruler").load()
    assert np.array_equal(part, whole.load()[0]) and np.array_equal(mask, whole.load()[1])
