"""How the loop is doing: times of the stages, delay, frame rate, drops."""

from __future__ import annotations

import itertools
import threading
from collections import deque
from dataclasses import dataclass, field

import numpy as np

_WINDOW = 240
"""Measurements kept for each figure: eight seconds at 30 FPS."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Percentiles of what was kept, in milliseconds; 0 if there is nothing."""

    p50_ms: float = 0.0
    p95_ms: float = 0.0
    p99_ms: float = 0.0


@dataclass(slots=True)
class _Series:
    values: deque[float] = field(default_factory=deque)
    count: int = 0


class Statistics:
    """Counts and times; written by all threads, read by any.

    Parameters
    ----------
    window
        Measurements kept for each figure; None keeps all, for a run that ends.

    Attributes
    ----------
    hidden
        Why the room is hidden now; empty if it is not.
    hidden_count
        Pictures that were released and showed nothing of their frame; written by the compose stage.
    followed_count
        Mattes that followed the picture's motion between two looks of the network; written by the matte stage.
    governor
        What the governor does, for people; empty without one.
    kept_count
        Mattes that were kept because nothing moved; written by the matte stage.
    """

    def __init__(self, window: int | None = _WINDOW) -> None:
        self._window = window
        self._lock = threading.Lock()
        self._times: dict[str, _Series] = {}
        self._delays: dict[str, _Series] = {}
        self._shown_at: dict[str, deque[float]] = {}
        self.engine = ""
        self.source = ""
        self.hidden = ""
        self.hidden_count = 0
        self.kept_count = 0
        self.followed_count = 0
        self.governor = ""
        self.dropped: dict[str, int] = {}

    def took(self, stage: str, seconds: float) -> None:
        """A stage worked so long on a frame."""
        with self._lock:
            self._add(self._times, stage, seconds)

    def shown(self, sink: str, captured_s: float, now_s: float) -> None:
        """A sink took the picture of a frame that was captured then; both on the loop's clock."""
        with self._lock:
            self._add(self._delays, sink, now_s - captured_s)
            self._shown_at.setdefault(sink, deque(maxlen=self._window)).append(now_s)

    def hid(self) -> None:
        """A picture showed nothing of its frame."""
        self.hidden_count += 1

    def stages(self) -> dict[str, Spread]:
        """Time of each stage."""
        with self._lock:
            return {name: _spread(series) for name, series in self._times.items()}

    def delay(self, sink: str) -> Spread:
        """From capture until the sink has the picture; of no meaning for files, which have a time of their own."""
        with self._lock:
            return _spread(self._delays.get(sink, _Series()))

    def intervals(self, sink: str) -> Spread:
        """From one picture that the sink took to the next."""
        with self._lock:
            times = list(self._shown_at.get(sink, ()))
        return _spread(_Series(deque(after - before for before, after in itertools.pairwise(times))))

    def fps(self, sink: str) -> float:
        """Pictures a second that the sink took lately; 0 before the second."""
        with self._lock:
            times = self._shown_at.get(sink, deque())
            return (len(times) - 1) / (times[-1] - times[0]) if len(times) > 1 and times[-1] > times[0] else 0.0

    def count(self, sink: str) -> int:
        """Pictures that the sink took in all."""
        with self._lock:
            series = self._delays.get(sink)
            return series.count if series else 0

    def lines(self) -> list[str]:
        """A few lines for people."""
        stages = "  ".join(f"{name} {spread.p50_ms:.1f}" for name, spread in self.stages().items())
        lines = [self.source, self.engine]
        for sink in list(self._shown_at):
            delay = self.delay(sink)
            lines.append(f"{sink}: {self.fps(sink):.0f} FPS  delay {delay.p50_ms:.0f} ms, p95 {delay.p95_ms:.0f} ms")
        if self.governor:
            lines.append(self.governor)
        if self.kept_count:
            lines.append(f"nothing moved in {self.kept_count} frames")
        lines += [f"ms: {stages}", "dropped: " + ("  ".join(f"{n} {c}" for n, c in self.dropped.items() if c) or "0")]
        return [line for line in (*lines, f"hidden: {self.hidden}" if self.hidden else "") if line]

    def _add(self, kept: dict[str, _Series], name: str, value: float) -> None:
        series = kept.setdefault(name, _Series(deque(maxlen=self._window)))
        series.values.append(value)
        series.count += 1


def _spread(series: _Series) -> Spread:
    if not series.values:
        return Spread()
    return Spread(*(float(value) * 1e3 for value in np.percentile(list(series.values), (50, 95, 99))))
