"""What stands behind the person instead of the room: a colour, a picture, a video."""

from __future__ import annotations

import math
import re
import time
import weakref
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from live_seg.effects.looped import LoopedDecoder, Timed
from live_seg.errors import UsageError
from live_seg.frame import Clock, Image, Size
from live_seg.media import VideoFile, is_picture, read_picture, readable
from live_seg.media.file import named

_late_s = 1.0
"""Later than this, the video goes on from where it is instead of hurrying: the computer slept, or is too slow."""


class Background(Protocol):
    """Gives the picture that stands behind the person now.

    Attributes
    ----------
    patience_s
        How long a call waits for a frame of a video that is due and not decoded yet. 0 never waits, but for the first
        frame; infinity makes what is shown a function of the clock alone.
    """

    patience_s: float

    def __call__(self, size: Size) -> Image:
        """uint8 (H, W, 3) BGR of that size; not to be written to, and the same array while nothing changes."""


def open_background(text: str, clock: Clock = time.perf_counter) -> Background:
    """Opens what `replace.background` means.

    Parameters
    ----------
    text
        A colour such as `#00b140` or `#fff`, or a picture or video file.
    clock
        Seconds by which a video plays; it begins with the first call.

    Raises
    ------
    UsageError
        If it is no colour, or the file is missing, empty or cannot be read.
    """
    if text.startswith("#"):
        return Colour(_bgr(text))
    if not Path(text).suffix and not named(text).exists():
        raise UsageError(f"{text!r} is no background", "Give a picture, a video, or a colour like #00b140.")
    if is_picture(readable(text)):
        return Picture(read_picture(text))
    return Video(text, clock)


class Colour:
    """One colour, BGR."""

    patience_s = 0.0

    def __init__(self, bgr: tuple[int, int, int]) -> None:
        self._bgr = bgr
        self._image: Image | None = None

    def __call__(self, size: Size) -> Image:
        """See `Background`."""
        if self._image is None or Size.of(self._image) != size:
            self._image = np.full((size.height, size.width, 3), self._bgr, np.uint8)
        return self._image


class Picture:
    """A picture that fills the frame, whatever its shape; fitted once for a size."""

    patience_s = 0.0

    def __init__(self, picture: Image) -> None:
        self._picture = picture
        self._fitted = picture

    def __call__(self, size: Size) -> Image:
        """See `Background`."""
        if Size.of(self._fitted) != size:
            self._fitted = cover(self._picture, size)
        return self._fitted


class Video:
    """A video that fills the frame and begins anew at its end; it plays from the first call on.

    A thread decodes a few frames ahead; it ends when nobody holds the video any more.
    """

    patience_s = 0.0

    def __init__(self, name: str, clock: Clock) -> None:
        self._clock = clock
        self._decoder = LoopedDecoder(VideoFile(name), cover)
        weakref.finalize(self, self._decoder.over.set)
        self._lead_s: float | None = None  # by how much the clock is ahead of the video
        self._next: Timed | None = None
        self._shown: Picture | None = None

    def __call__(self, size: Size) -> Image:
        """See `Background`."""
        now = self._clock()
        self._decoder.size = size
        if self._shown is None or self._lead_s is None:
            self._decoder.start()
            first = self._decoder.take(math.inf) or Timed(0.0, np.zeros((1, 1, 3), np.uint8))
            self._lead_s = now - first.time_s
            self._shown = Picture(first.image)
        self._advance(now)
        return self._shown(size)

    def _advance(self, now: float) -> None:
        """Shows the last frame that is due."""
        assert self._lead_s is not None
        until = time.perf_counter() + self.patience_s
        while True:
            if self._next is None:
                self._next = self._decoder.take(until - time.perf_counter())
            if self._next is None:
                return
            if now - self._lead_s - self._next.time_s > _late_s:
                self._lead_s = now - self._next.time_s
            if self._next.time_s > now - self._lead_s + 1e-6:
                return
            self._shown = Picture(self._next.image)
            self._next = None


def cover(picture: Image, size: Size) -> Image:
    """The middle of a picture, as large as fills the size; never distorted.

    Parameters
    ----------
    picture
        uint8 (H, W, 3).
    size
        Of the result.
    """
    own = Size.of(picture)
    scale = max(size.width / own.width, size.height / own.height)
    width = min(own.width, max(1, round(size.width / scale)))
    height = min(own.height, max(1, round(size.height / scale)))
    left, top = (own.width - width) // 2, (own.height - height) // 2
    part = picture[top : top + height, left : left + width]
    smooth = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(part, size, interpolation=smooth), np.uint8)


def _bgr(text: str) -> tuple[int, int, int]:
    found = re.fullmatch(r"#([0-9a-f]{6}|[0-9a-f]{3})", text.lower())
    if not found:
        raise UsageError(f"{text} is not a colour", "Write it like #00b140 or #fff.")
    digits = found[1] if len(found[1]) == 6 else "".join(2 * digit for digit in found[1])
    red, green, blue = bytes.fromhex(digits)
    return blue, green, red
