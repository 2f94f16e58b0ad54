"""Decoded frames in memory, as a source without end and as a camera: the loop is measured, not a decoder."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import cv2
import numpy as np

from live_seg.config import build
from live_seg.errors import SourceError
from live_seg.frame import Clock, Frame, Image, Size
from live_seg.sources import SourceBase, open_source

_CLIP_BYTES = 200_000_000
"""About 70 frames at 1280x720, 8 at 3840x2160: far more than any cache holds, little enough for a laptop."""


STILL = "still"
"""Instead of a clip: a scene in which nothing moves, as a webcam sees it."""

_STILL_NOISE = 3.0
"""Standard deviation of its noise, in levels: a webcam in a lit room."""


def write_clip(camera: str, size: Size, file: Path) -> None:
    """Writes the first frames of a clip, of `demo`, or of `STILL`, as a NumPy file of uint8 (N, H, W, 3).

    Contenders map the file: all of them share one copy in memory.

    Raises
    ------
    LiveSegError
        If the clip cannot be read.
    """
    count = max(8, min(60, _CLIP_BYTES // (size.width * size.height * 3)))
    if camera == STILL:
        images = _read("demo", size, 1)
        random = np.random.default_rng(0)
        np.save(file, np.stack([_noisy(images[0], random) for _ in range(count)]))
        return
    images = _read(camera, size, count)
    if not images:
        raise SourceError(f"{camera} gives no frame")
    np.save(file, np.stack(images))


def _read(camera: str, size: Size, count: int) -> list[Image]:
    images: list[Image] = []
    with closing(open_source(build({"source": {"camera": camera, "size": str(size)}}), clock=lambda: 0.0)) as source:
        while len(images) < count and (frame := source.read(1)) is not None:
            image = frame.image
            if frame.size != size:
                image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_CUBIC), np.uint8)
            images.append(image)
    return images


def _noisy(image: Image, random: np.random.Generator) -> Image:
    noise = random.standard_normal(image.shape, np.float32) * np.float32(_STILL_NOISE)
    return np.asarray(np.clip(image + noise, 0, 255).round(), np.uint8)


def read_clip(file: Path) -> list[Image]:
    """The frames of `write_clip`, read-only and mapped; all of them were touched, so that none is loaded later."""
    clip = np.load(file, mmap_mode="r")
    clip.max()
    return [np.asarray(image) for image in clip]


class Endless(SourceBase):
    """Gives the images as fast as they are taken, until its time is over; forwards and backwards, so without a cut.

    Parameters
    ----------
    images
        uint8 (H, W, 3), all of one size; shared, as nobody writes to a frame.
    seconds
        From the first frame on.
    clock
        Frames are stamped with it when they are taken.
    """

    name = "memory"
    fps = 30.0
    live = False

    def __init__(self, images: Sequence[Image], seconds: float, clock: Clock = time.perf_counter) -> None:
        self.size = Size.of(images[0])
        self.given = 0
        self._images = _to_and_fro(images)
        self._seconds = seconds
        self._clock = clock
        self._end_s = math.inf

    def read(self, timeout_s: float) -> Frame | None:
        """Next frame, or None when the time is over."""
        now = self._clock()
        if not self.given:
            self._end_s = now + self._seconds
        if now >= self._end_s:
            return None
        self.given += 1
        return Frame(self._images[(self.given - 1) % len(self._images)], self.given - 1, now)


class Camera(SourceBase):
    """Gives the images as a camera does: one each 1/fps seconds, the newest that was not given; the others are missed.

    A frame is stamped with the moment at which it was due, so that a late wake-up counts as delay.

    Parameters
    ----------
    images
        As for `Endless`.
    seconds
        From the first frame on.
    fps
        Frames a second.
    clock
        Monotonic seconds.
    wait
        Waits so many seconds, or less; injected, so that tests need not.

    Attributes
    ----------
    given
        Frames that were taken or missed.
    missed
        Frames that were not taken before the next was due.
    """

    name = "memory as a camera"
    live = False

    def __init__(
        self,
        images: Sequence[Image],
        seconds: float,
        fps: float = 30.0,
        clock: Clock = time.perf_counter,
        wait: Callable[[float], object] = time.sleep,
    ) -> None:
        self.size = Size.of(images[0])
        self.fps = fps
        self.given = 0
        self.missed = 0
        self._images = _to_and_fro(images)
        self._count = max(1, round(seconds * fps))
        self._clock = clock
        self._wait = wait
        self._start_s: float | None = None

    def read(self, timeout_s: float) -> Frame | None:
        """The newest frame that was not given, when it is due; None at the end."""
        now = self._clock()
        if self._start_s is None:
            self._start_s = now
        newest = min(int((now - self._start_s) * self.fps + 1e-6), self._count - 1)
        if newest > self.given:
            self.missed += newest - self.given
            self.given = newest
        if self.given >= self._count:
            return None
        due_s = self._start_s + self.given / self.fps
        while now < due_s:
            self._wait(due_s - now)
            now = self._clock()
        self.given += 1
        return Frame(self._images[(self.given - 1) % len(self._images)], self.given - 1, due_s)


def _to_and_fro(images: Sequence[Image]) -> list[Image]:
    return [*images, *images[-2:0:-1]]
