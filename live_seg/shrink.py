"""Making a picture smaller, fast."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import cv2

from live_seg.frame import Image, Size

_NEARLY = 1.2
"""Below this factor interpolation is as good as averaging; at 1.5 it cost the mattes 0.1 points of IoU."""


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
        image = cv2.resize(image, step.size, interpolation=step.interpolation)  # type: ignore[assignment]
    return image


def halved(image: Image, least: Size) -> Image:
    """The image halved as often as neither side falls below that of `least`; the array itself if that is never."""
    for size in halvings(Size.of(image), least):
        image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
    return image


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
