"""Making a picture smaller, fast."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import cv2
from numpy.typing import NDArray

from live_seg.frame import Image, Size

_NEARLY = 1.25
"""Up to this factor (1280x720 to 256x160, at last) interpolation is as good as averaging: on 701 pictures the mattes'
IoU is the same to 0.0002. At 1.5 it cost 0.1 points."""


class Step(NamedTuple):
    """One resize: to which size, with which of OpenCV's interpolations."""

    size: Size
    interpolation: int


def shrink(image: Image, size: Size) -> Image:
    """The image at a smaller size, each pixel about the mean of what it covers; the array itself if it has that size.

    Halved as often as that fits, and only then averaged over other areas, or interpolated where hardly anything is
    left to do. OpenCV halves with vector instructions, and averages over other areas pixel by pixel: 0.5 ms instead of
    2.8 from 1280x720 to 288x160 on one core (`benchmarks/pixels.py`).

    Parameters
    ----------
    image
        uint8 (H, W, C) or (H, W).
    size
        A side that is larger than the image's is interpolated.
    """
    for step in steps(Size.of(image), size):
        image = _resized(image, step)
    return image


def shrink_on(image: Image, halved: Image | None, size: Size) -> Image:
    """`shrink`, on from the image after some halvings, if they were made already and are not too many."""
    return shrink(image if halved is None or Size.of(halved).width < size.width else halved, size)


def halved_size(size: Size, times: int) -> Size:
    """A size after so many halvings."""
    return Size(max(1, size.width >> times), max(1, size.height >> times))


def halved(image: Image, least: Size) -> Image:
    """The image halved as often as neither side falls below that of `least`; the array itself if that is never."""
    for size in halvings(Size.of(image), least):
        image = _resized(image, Step(size, cv2.INTER_AREA))
    return image


def half(plane: NDArray[Any]) -> NDArray[Any]:
    """Uint8 or float32 (H, W) or (H, W, C) at half its size, as INTER_AREA makes it; an odd side loses half a pixel."""
    size = Size(max(1, plane.shape[1] // 2), max(1, plane.shape[0] // 2))
    return _resized(plane, Step(size, cv2.INTER_AREA))


def steps(have: Size, want: Size) -> Iterator[Step]:
    """What `shrink` does, resize by resize."""
    for half in halvings(have, want):
        have = half
        yield Step(half, cv2.INTER_AREA)
    if have != want:
        rest = max(have.width / want.width, have.height / want.height)
        yield Step(want, cv2.INTER_AREA if rest > _NEARLY else cv2.INTER_LINEAR)


def halvings(have: Size, least: Size) -> Iterator[Size]:
    """Sizes that `halved` goes through."""
    while (half := Size(have.width // 2, have.height // 2)).width >= least.width and half.height >= least.height:
        have = half
        yield half


def _resized(image: NDArray[Any], step: Step) -> NDArray[Any]:
    """A step. Where it halves exactly, OpenCV makes INTER_LINEAR the same mean of four pixels, but by code of its own.

    INTER_AREA goes to a library of Intel's in OpenCV's wheels: 0.40 ms instead of 0.22 at 1280x720.
    """
    how = step.interpolation
    if image.shape[0] == 2 * step.size.height and image.shape[1] == 2 * step.size.width:
        how = cv2.INTER_LINEAR
    return cv2.resize(image, step.size, interpolation=how)
