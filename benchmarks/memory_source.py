"""Decoded frames in memory, given as often as wanted: so that a benchmark measures the loop and not a decoder."""

from __future__ import annotations

from collections.abc import Sequence

import cv2

from live_seg.config import build
from live_seg.frame import Frame, Image, Size
from live_seg.sources import SourceBase, open_source


class MemorySource(SourceBase):
    """Gives the images in turn, forwards and backwards so that there is no cut, `count` frames in all."""

    name = "memory"
    fps = 30.0
    live = False

    def __init__(self, images: Sequence[Image], count: int) -> None:
        self.size = Size.of(images[0])
        self._images = [*images, *images[-2:0:-1]]
        self._count = count
        self._next = 0

    def read(self, timeout_s: float) -> Frame | None:
        """Next frame; the images are shared, as nobody writes to a frame."""
        if self._next >= self._count:
            return None
        index = self._next
        self._next += 1
        return Frame(self._images[index % len(self._images)], index, index / self.fps)


def decoded(camera: str, size: Size, count: int) -> list[Image]:
    """The first frames of a clip or of `demo`, at that size."""
    source = open_source(build({"source": {"camera": camera, "size": str(size)}}), clock=lambda: 0.0)
    images: list[Image] = []
    with source:  # type: ignore[attr-defined]
        while len(images) < count and (frame := source.read(1)) is not None:
            same = frame.size == size
            images.append(frame.image if same else cv2.resize(frame.image, size, interpolation=cv2.INTER_CUBIC))  # type: ignore[arg-type]
    return images
