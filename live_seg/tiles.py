"""A picture in pieces: what is made of a piece at a time needs little memory, however large the picture is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from live_seg.frame import Size

Part = tuple[slice, slice]
"""Rows and columns of an array."""


class Tile(NamedTuple):
    """A piece.

    Attributes
    ----------
    own
        Its place in the picture.
    seen
        That and the halo round it, as far as the picture reaches.
    inner
        Its place in what is seen.
    """

    own: Part
    seen: Part
    inner: Part


def tiles(size: Size, side: int, halo: int = 0) -> Iterator[Tile]:
    """Pieces that cover a picture of that size without overlapping, row by row.

    Parameters
    ----------
    size
        Of the picture.
    side
        Width and height of a piece; the last ones are smaller.
    halo
        Pixels that a piece sees on each side beyond its own.
    """
    for top in range(0, size.height, side):
        rows = _sides(top, side, size.height, halo)
        for left in range(0, size.width, side):
            columns = _sides(left, side, size.width, halo)
            yield Tile(*zip(rows, columns, strict=True))


def doubled(part: Part) -> Part:
    """The same place in a picture of twice the size."""
    return slice(2 * part[0].start, 2 * part[0].stop), slice(2 * part[1].start, 2 * part[1].stop)


def _sides(start: int, side: int, length: int, halo: int) -> tuple[slice, slice, slice]:
    stop = min(start + side, length)
    seen = slice(max(0, start - halo), min(length, stop + halo))
    return slice(start, stop), seen, slice(start - seen.start, stop - seen.start)
