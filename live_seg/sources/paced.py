"""A file at its own speed, for windows and virtual cameras."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from live_seg.frame import Clock, Frame
from live_seg.sources.source import Source, SourceBase

LATE_S = 0.5
"""Later than this, the rest is played later too instead of hurried through: the computer slept, or is too slow."""


class Paced(SourceBase):
    """Gives the frames of another source when their time has come, stamped with the clock at that moment.

    The clock's times say how old a frame is; the file's own are lost by it.

    Parameters
    ----------
    source
        Not live; closed with this one.
    clock
        Monotonic seconds.
    wait
        Waits so many seconds, or less; injected, so that tests need not.
    stamped
        False keeps the file's own times: for a lossless run that is watched.
    """

    def __init__(
        self, source: Source, clock: Clock, wait: Callable[[float], object] = time.sleep, stamped: bool = True
    ) -> None:
        self.name, self.size, self.fps, self.live = source.name, source.size, source.fps, source.live
        self._source = source
        self._clock = clock
        self._wait = wait
        self._stamped = stamped
        self._lead_s: float | None = None  # by how much the clock is ahead of the file's times

    def read(self, timeout_s: float) -> Frame | None:
        """Next frame when its time has come, or None at the end."""
        frame = self._source.read(timeout_s)
        if frame is None:
            return None
        now = self._clock()
        if self._lead_s is None or now - (frame.time + self._lead_s) > LATE_S:
            self._lead_s = now - frame.time
        due = frame.time + self._lead_s
        if due > now:
            self._wait(due - now)
            now = self._clock()
        return replace(frame, time=now) if self._stamped else frame

    def close(self) -> None:
        """Closes the source; may be called twice."""
        self._source.close()
