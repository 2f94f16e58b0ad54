"""Decodes a video that begins anew at its end, ahead of when its frames are needed."""

from __future__ import annotations

import atexit
import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from live_seg.errors import UsageError
from live_seg.frame import Image, Size
from live_seg.media import VideoFile

log = logging.getLogger("live_seg")

_ahead = 3
"""Frames that are decoded before they are needed: enough to even out a slow one."""

_patience_s = 2.0
"""How long the end of the program waits for a frame that is being decoded."""


@dataclass(frozen=True, slots=True)
class Timed:
    """A frame and the time from which on it is shown, in seconds since the video began for the first time."""

    time_s: float
    image: Image


class LoopedDecoder:
    """Reads a video again and again in a thread of its own; knows nothing of who holds it.

    Attributes
    ----------
    over
        Ends the thread.
    size
        Frames are fitted to it, while it is known: three of a large video would fill the memory.

    Parameters
    ----------
    file
        Closed when the thread ends.
    fit
        Makes a frame of a size.
    """

    def __init__(self, file: VideoFile, fit: Callable[[Image, Size], Image]) -> None:
        self.over = threading.Event()
        self.size: Size | None = None
        self._file, self._fit = file, fit
        self._frames: queue.Queue[Timed] = queue.Queue(_ahead)
        self._thread = threading.Thread(target=self._run, name="background", daemon=True)

    def start(self) -> None:
        """Starts the thread."""
        _playing.add(self)
        self._thread.start()

    def end(self) -> None:
        """Ends the thread, and waits for that; a file that hangs is not waited for."""
        self.over.set()
        self._thread.join(_patience_s)

    def take(self, patience_s: float) -> Timed | None:
        """Next frame, or None if none came in time, or none will come any more."""
        until = time.perf_counter() + patience_s
        while True:
            was_alive = self._thread.is_alive()
            if not was_alive and self._frames.empty():
                return None
            try:
                return self._frames.get(timeout=min(0.1, max(0.001, until - time.perf_counter())))
            except queue.Empty:
                if not was_alive or time.perf_counter() >= until:
                    return None

    def _run(self) -> None:
        try:
            for frame in self._endless():
                while not self.over.is_set():
                    try:
                        self._frames.put(frame, timeout=0.1)
                        break
                    except queue.Full:
                        continue
                if self.over.is_set():
                    break
        except UsageError as error:  # gone since it was opened
            log.warning("the background stands still: %s", error)
        finally:
            self._file.close()
            _playing.discard(self)

    def _endless(self) -> Iterator[Timed]:
        begin_s = 0.0
        while True:
            last_s, count = 0.0, 0
            for time_s, image in self._file:
                last_s, count = time_s, count + 1
                yield Timed(begin_s + time_s, image if self.size is None else self._fit(image, self.size))
            if count == 1:
                return  # a GIF of one picture: reading it again and again shows nothing new
            begin_s += last_s + 1 / (self._file.fps or 30)
            self._file.close()
            self._file = VideoFile(self._file.name, again=True)


_playing: set[LoopedDecoder] = set()


@atexit.register
def _end_all() -> None:
    """A thread that comes back from OpenCV when the interpreter is gone brings the whole process down."""
    for decoder in list(_playing):
        decoder.end()
