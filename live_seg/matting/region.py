"""A second look at a still picture: first at all of it, then at the box of the subject alone.

The network sees about 46,000 pixels, whatever comes. Of a person who fills a tenth of the picture that leaves 4,600;
the second look gives him all of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import cv2
import numpy as np

from live_seg.frame import Alpha, Frame, Matte, Size

SHAPES = (9 / 16, 3 / 4, 1.0, 4 / 3, 16 / 9)
"""Width over height of the boxes that are looked at: few, so that the sessions of a network stay few."""

_MARGIN = 0.15
"""Room round the subject, of the box's longer side: the network judges by what is round it, too."""

_LARGE = 0.7
"""A box that is more than this of the picture has nothing to gain."""

_SPECK = 0.02
"""Parts smaller than this part of the largest do not widen the box."""


class Box(NamedTuple):
    """A part of a picture: from `left`, `top` up to and without `right`, `bottom`, in pixels."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def size(self) -> Size:
        """Width and height."""
        return Size(self.right - self.left, self.bottom - self.top)

    @property
    def slices(self) -> tuple[slice, slice]:
        """For an array of the picture: rows and columns."""
        return slice(self.top, self.bottom), slice(self.left, self.right)


class Region:
    """A matter for still pictures: looks again at the subject's box, where that is small. Called as a `Matter` is.

    Parameters
    ----------
    matter
        What makes a matte of a frame; called once or twice a picture.
    finish
        Betters the matte of the last look, given what was looked at.
    """

    def __init__(self, matter: Callable[[Frame], Matte], finish: Callable[[Frame, Matte], Matte] | None = None) -> None:
        self._matter = matter
        self._finish = finish or (lambda frame, matte: matte)

    def __call__(self, frame: Frame) -> Matte:
        """The matte of a picture: inside the box that of the second look, outside it nothing.

        Raises
        ------
        EngineError
            If the network fails.
        """
        first = self._matter(frame)
        box = subject_box(first.alpha)
        if box is None:
            return first
        box = widened(box, frame.size)
        if box.size.width * box.size.height > _LARGE * frame.size.width * frame.size.height:
            return self._finish(frame, first)
        part = Frame(np.ascontiguousarray(frame.image[box.slices]), frame.index, frame.time)
        second = self._matter(part)
        if subject_box(second.alpha) is None:  # what was seen from afar is not lost
            return self._finish(frame, first)
        alpha = np.zeros_like(first.alpha)
        alpha[box.slices] = self._finish(part, second).alpha
        return Matte(alpha, second.confidence, frame.time)


def subject_box(alpha: Alpha) -> Box | None:
    """The box of what is subject, without far specks; None if nothing is.

    Parameters
    ----------
    alpha
        uint8 (H, W).
    """
    factor = max(1, round(max(alpha.shape) / 512))  # specks and their boxes are found as well on a small matte
    height, width = alpha.shape
    small = Size(max(1, width // factor), max(1, height // factor))
    seen = cv2.threshold(cv2.resize(alpha, small, interpolation=cv2.INTER_AREA), 127, 255, cv2.THRESH_BINARY)[1]
    count, _, rows, _ = cv2.connectedComponentsWithStats(seen)
    if count < 2:
        return None
    parts = rows[1:]
    parts = parts[parts[:, cv2.CC_STAT_AREA] >= _SPECK * parts[:, cv2.CC_STAT_AREA].max()]
    left, top = parts[:, cv2.CC_STAT_LEFT].min(), parts[:, cv2.CC_STAT_TOP].min()
    right = (parts[:, cv2.CC_STAT_LEFT] + parts[:, cv2.CC_STAT_WIDTH]).max()
    bottom = (parts[:, cv2.CC_STAT_TOP] + parts[:, cv2.CC_STAT_HEIGHT]).max()
    across, down = width / small.width, height / small.height
    right, bottom = min(width, math.ceil(right * across)), min(height, math.ceil(bottom * down))
    return Box(int(left * across), int(top * down), right, bottom)


def widened(box: Box, size: Size) -> Box:
    """The box with its margin, in the nearest of the `SHAPES` that holds it, moved into the picture.

    A side that would be longer than the picture's is as long as that.
    """
    margin = 2 * _MARGIN * max(box.size)
    width, height = box.size.width + margin, box.size.height + margin
    shape = min(SHAPES, key=lambda shape: max(width / height / shape, shape * height / width))
    width, height = max(width, height * shape), max(height, width / shape)
    width, height = min(round(width), size.width), min(round(height), size.height)
    left = round((box.left + box.right - width) / 2)
    top = round((box.top + box.bottom - height) / 2)
    left, top = min(max(0, left), size.width - width), min(max(0, top), size.height - height)
    return Box(left, top, left + width, top + height)
