"""What flows from a source to a sink, named once.

    Source ──Frame──▶ Matter ──Matte──▶ Effect ──picture──▶ Sink

A *picture* has no class of its own: it is a `NDArray[np.uint8]` of shape (H, W, 3) BGR, or (H, W, 4)
BGRA with straight (not premultiplied) alpha for sinks that say they take it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
"""uint8 (H, W, 3), BGR."""

Alpha = NDArray[np.uint8]
"""uint8 (H, W), 255 = person."""

Clock = Callable[[], float]
"""Seconds that only go up, like `time.perf_counter`; injected, so that tests need no sleep.

Not `time.monotonic`: before Python 3.13 it goes in steps of 15.6 ms on Windows, half a frame. Elsewhere both are one.
"""


class Size(NamedTuple):
    """Width and height in pixels; written `1280x720`."""

    width: int
    height: int

    @classmethod
    def of(cls, image: NDArray[np.uint8]) -> Size:
        """Size of an (H, W) or (H, W, C) array."""
        return cls(image.shape[1], image.shape[0])

    @classmethod
    def parse(cls, text: str) -> Size:
        """`1280x720` -> Size(1280, 720).

        Raises
        ------
        ValueError
            If the text is not two positive whole numbers with an `x` between them.
        """
        found = re.fullmatch(r"\s*([1-9]\d{0,4})\s*[xX×]\s*([1-9]\d{0,4})\s*", text)
        if not found:
            raise ValueError(f"{text!r} is not a size such as 1280x720")
        return cls(int(found[1]), int(found[2]))

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture of a source. Its image is never written to after it is made.

    Attributes
    ----------
    image
        uint8 (H, W, 3), BGR.
    index
        Count from 0 within its source.
    time
        Seconds: of a camera the monotonic clock at capture, of a file its own time line.
    """

    image: Image
    index: int
    time: float

    @property
    def size(self) -> Size:
        """Width and height of the image."""
        return Size.of(self.image)


@dataclass(frozen=True, slots=True)
class Halved:
    """A frame's image, halved some times by `live_seg.shrink.halved`, so that nobody need do it twice.

    Attributes
    ----------
    image
        The frame's image that it was made of: that very object.
    small
        uint8 (h, w, 3).
    """

    image: Image
    small: Image


@dataclass(frozen=True, slots=True)
class Finished:
    """A picture that was made together with its matte, on the device that ran the network.

    Attributes
    ----------
    effect, image
        The effect whose picture it is, and the frame's image that it was made of: those very objects.
    picture
        uint8 (H, W, 3) BGR, or (H, W, 4) BGRA.
    """

    effect: object
    image: Image
    picture: Image


@dataclass(frozen=True, slots=True)
class Matte:
    """What of a frame is person.

    Attributes
    ----------
    alpha
        uint8 (H, W) at the frame's size, 255 = person.
    confidence
        0..1: mean distance of the network's alpha from undecided, doubled.
    time
        `Frame.time`, in seconds, of the frame that it was made from, or of a later one that was proven not to differ
        from that (`live_seg.live.gate`).
    finished
        The effect's picture of that frame with this alpha, if it was made already. Nobody has to take it.
    halved
        What was halved of the frame that it is for. Nobody has to take it.
    """

    alpha: Alpha
    confidence: float
    time: float
    finished: Finished | None = None
    halved: Halved | None = None
