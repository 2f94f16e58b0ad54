"""How many threads OpenCV may have beside the loop's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import cv2

from live_seg.frame import Size

_LARGE_PX = 1920 * 1080
"""Pixels of a frame above which OpenCV's own threads are used."""


@contextmanager
def opencv_threads(size: Size, most: int) -> Iterator[None]:
    """No threads of OpenCV's own for small frames: they wait busily for the next call, and take cores from the network.

    The stages already overlap. At 1280x720 these threads cost 1 ms of CPU a frame and made no picture come sooner. For
    large frames there are `most`, or as many as OpenCV likes if that is 0.
    """
    before = cv2.getNumThreads()
    if size.width * size.height <= _LARGE_PX:
        most = 1
    if most:
        cv2.setNumThreads(most)
    try:
        yield
    finally:
        cv2.setNumThreads(before)
