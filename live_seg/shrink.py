"""Making a picture smaller, fast."""

from __future__ import annotations

import cv2

from live_seg.frame import Image, Size

_NEARLY = 1.2
"""Below this factor interpolation is as good as averaging; at 1.5 it cost the mattes 0.1 points of IoU."""


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
    image = halved(image, size)
    if Size.of(image) == size:
        return image
    rest = max(Size.of(image).width / size.width, Size.of(image).height / size.height)
    smooth = cv2.INTER_AREA if rest > _NEARLY else cv2.INTER_LINEAR
    return cv2.resize(image, size, interpolation=smooth)  # type: ignore[return-value]


def halved(image: Image, least: Size) -> Image:
    """The image halved as often as neither side falls below that of `least`; the array itself if that is never."""
    while True:
        width, height = Size.of(image)
        half = Size(width // 2, height // 2)
        if half.width < least.width or half.height < least.height:
            return image
        image = cv2.resize(image, half, interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
