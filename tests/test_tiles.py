"""Tiles cover a picture once, whatever its size."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from live_seg.frame import Size
from live_seg.tiles import doubled, tiles


@given(st.integers(1, 70), st.integers(1, 70), st.integers(1, 40), st.integers(0, 9))
def test_each_pixel_is_in_one_tile_and_each_tile_sees_its_halo(width: int, height: int, side: int, halo: int) -> None:
    numbers = np.arange(width * height).reshape(height, width)
    covered = np.zeros_like(numbers)
    for tile in tiles(Size(width, height), side, halo):
        covered[tile.own] += 1
        assert np.array_equal(numbers[tile.seen][tile.inner], numbers[tile.own])
        assert tile.seen[0].start == max(0, tile.own[0].start - halo)
        assert tile.seen[1].stop == min(width, tile.own[1].stop + halo)
    assert (covered == 1).all()


def test_a_part_of_a_picture_twice_as_large() -> None:
    assert doubled((slice(3, 5), slice(0, 7))) == (slice(6, 10), slice(0, 14))
