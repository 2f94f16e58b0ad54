"""A thread that empties a camera and keeps the newest picture."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

import cv2
import numpy as np

from live_seg.frame import Clock, Image


class Capture(Protocol):
    """As much of `cv2.VideoCapture` as is needed."""

    def isOpened(self) -> bool:  # noqa: N802
        """Whether it could be opened; says nothing about now."""

    def grab(self) -> bool:
        """Takes the next picture from the driver; waits for it."""

    def retrieve(self) -> tuple[bool, Any]:
        """Decodes the picture that was grabbed into a new array."""

    def get(self, propId: int) -> float:  # noqa: N803
        """A property as it is."""

    def set(self, propId: int, value: float) -> bool:  # noqa: N803
        """Asks for a property; the answer proves nothing."""

    def getBackendName(self) -> str:  # noqa: N802
        """OpenCV's interface that opened it: "V4L2", "DSHOW"."""

    def release(self) -> None:
        """Closes the device."""


class Grabbed(NamedTuple):
    """A picture, uint8 (H, W, 3) BGR, and the clock's seconds when it came."""

    image: Image
    time: float


class Grabber:
    """Owns a capture: reads it in a thread of its own and, at the end, releases it there.

    A capture can hang for seconds inside the driver. Only this thread waits for it; `take` and `close` return
    in their time, and a thread that hangs at `close` releases the device as soon as the driver lets it go.

    Parameters
    ----------
    is_gone
        Whether the device has disappeared: then one failed read is enough.
    pause_s
        Wait after a failed read. One corrupt picture is no reason to give up; twenty in a row are.
    waits_in_retrieve
        The picture comes while it is retrieved; otherwise its time is that at which it was grabbed, not yet decoded.
    """

    most_failures = 20

    def __init__(
        self,
        capture: Capture,
        clock: Clock,
        is_gone: Callable[[], bool],
        pause_s: float = 0.05,
        waits_in_retrieve: bool = False,
    ) -> None:
        self._capture = capture
        self._clock = clock
        self._is_gone = is_gone
        self._pause_s = pause_s
        self._waits_in_retrieve = waits_in_retrieve
        self._changed = threading.Condition()
        self._newest: Grabbed | None = None
        self._ended = False
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="camera", daemon=True)
        self._thread.start()

    @property
    def ended(self) -> bool:
        """True once the device gives nothing more."""
        return self._ended

    def peek(self, timeout_s: float) -> Grabbed | None:
        """The newest picture, which stays; waits for one at most `timeout_s`, less if the device is gone."""
        with self._changed:
            self._changed.wait_for(lambda: self._newest is not None or self._ended, timeout_s)
            return self._newest

    def take(self, timeout_s: float) -> Grabbed | None:
        """The newest picture that was not taken yet; None after `timeout_s`, or at once if the device is gone."""
        with self._changed:
            self._changed.wait_for(lambda: self._newest is not None or self._ended, timeout_s)
            newest, self._newest = self._newest, None
            return newest

    def close(self, patience_s: float = 1.5) -> None:
        """Stops; waits at most `patience_s` for a read that hangs."""
        self._stop.set()
        if self._thread is not threading.current_thread():
            self._thread.join(patience_s)

    def _run(self) -> None:
        try:
            self._grab_until_stopped()
        except cv2.error:  # some backends throw where others return False
            pass
        finally:
            self._capture.release()
            with self._changed:
                self._ended = True
                self._changed.notify_all()

    def _grab_until_stopped(self) -> None:
        failures = 0
        while not self._stop.is_set() and failures < self.most_failures:
            came = self._capture.grab()
            now = self._clock()
            good, image = self._capture.retrieve() if came else (False, None)
            if self._waits_in_retrieve:
                now = self._clock()
            if not good or image is None:
                failures += 1
                if self._is_gone():
                    return
                self._stop.wait(self._pause_s)
                continue
            failures = 0
            with self._changed:
                self._newest = Grabbed(_as_bgr(image), now)
                self._changed.notify_all()


def _as_bgr(image: Any) -> Image:
    """An infrared camera gives grey (H, W), some in 16 bits."""
    if image.dtype != np.uint8:
        image = (image >> 8).astype(np.uint8)
    if image.ndim == 2 or image.shape[2] == 1:
        image = cv2.cvtColor(image, cv2.COLOR_GRAY2BGR)
    bgr: Image = image
    return bgr
