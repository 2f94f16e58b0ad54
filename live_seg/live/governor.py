"""Keeps to a frame rate and a share of the processor by looking less often, or less closely.

Between two looks of the network the last matte follows the picture's motion (`Matter.follow`). On each of eight clips
that loses less than a smaller input: at every second frame a mean error of 0.01 to 0.8 % against 0.1 to 4.1 % at a
share of 0.67; and it saves more (`benchmarks/following.py`). So the rungs of the ladder first look less often, then
less closely.

What is measured decides, each second. It goes down after two bad seconds, as far as its reckoning says; it goes up one
rung after a while in which its reckoning says that there is room. If that was wrong, the while doubles: so it does not
swing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from live_seg.config import tree

SHARES = (0.67, 0.35)
"""Of the input's area, when looking less often is not enough: 16:9 is 224x128 and 160x96 then."""

_MOST_STRIDE = 4

OLD = 0.5
"""Share of `guard.max_age_ms` that a matte may have when it is replaced: the rest is for the machine's hiccups."""

_SLACK = 1.05
"""Over the limit by less than this is not over it."""

_ROOM = 0.85
"""What the reckoning for a better rung must stay under, of the limit, and of the time for a frame."""

_BAD = 2
"""Seconds over the limit before it goes down."""

_PATIENCE, _MOST_PATIENCE = 5, 160
"""Seconds with room before it goes up, at first and at most."""

_SETTLED = 60
"""Seconds without a change after which its patience is halved again."""


@dataclass(frozen=True, slots=True)
class Rung:
    """How the network is used: on each `stride`-th frame, with that share of its input's area."""

    stride: int = 1
    share: float = 1.0

    @property
    def work(self) -> float:
        """Of the network for a frame, as a share of looking closely at each."""
        return self.share / self.stride


@dataclass(frozen=True, slots=True)
class Sample:
    """About a second of the loop.

    Attributes
    ----------
    seconds
        Its length.
    cpu_s
        CPU time of the process, all threads.
    given, made
        Frames that the source gave, and mattes that were made, followed or kept.
    looks, look_s
        Looks of the network, and the time that one took.
    follow_s
        Time that following took for one frame; 0 if none was followed.
    """

    seconds: float
    cpu_s: float
    given: int
    made: int
    looks: int
    look_s: float
    follow_s: float


def ladder(target_fps: float, max_age_ms: float) -> list[Rung]:
    """Rungs from the best to the cheapest; none lets a matte become older than the guard allows."""
    most = max(1, min(_MOST_STRIDE, math.floor(OLD * max_age_ms / 1e3 * target_fps)))
    return [Rung(stride) for stride in range(1, most + 1)] + [Rung(most, share) for share in SHARES]


class Governor:
    """Chooses a rung.

    Parameters
    ----------
    config
        Part `governor` of the configuration.
    rungs
        From the best to the cheapest.
    cores, threads
        Cores that the process may use, and threads of the network.
    """

    def __init__(self, config: tree.Governor, rungs: list[Rung], cores: int, threads: int) -> None:
        self._target_fps = config.target_fps
        self._limit = config.max_cpu_percent / 100
        self._rungs = rungs
        self._cores = cores
        self._threads = min(threads, cores)
        self._at = 0
        self._bad = self._good = 0
        self._since_up = math.inf  # seconds since a step up that has not proved a mistake yet
        self._since_change = 0
        self._patience = _PATIENCE
        self._follow_s = 0.002
        self.load = 0.0
        self.fps = 0.0

    @property
    def rung(self) -> Rung:
        """What is chosen now."""
        return self._rungs[self._at]

    def tick(self, sample: Sample) -> bool:
        """Takes a sample of the loop at the present rung; True if another rung is chosen."""
        self.load = sample.cpu_s / sample.seconds / self._cores
        self.fps = sample.made / sample.seconds
        self._follow_s = sample.follow_s or self._follow_s
        self._since_change += 1
        self._since_up += 1
        wanted = min(self._target_fps, sample.given / sample.seconds)
        is_bad = self.load > self._limit * _SLACK or self.fps * _SLACK < wanted
        self._bad = self._bad + 1 if is_bad else 0
        if self._since_change >= _SETTLED:
            self._since_change, self._patience = 0, max(_PATIENCE, self._patience // 2)
        before = self._at
        if self._bad >= _BAD:
            self._down(sample)
        elif not is_bad and self._at > 0 and sample.looks:
            self._good = self._good + 1 if self._fits(sample, self._at - 1, _ROOM) else 0
            if self._good >= self._patience:
                self._at -= 1
                self._since_up = 0
        if self._at != before:
            self._bad = self._good = self._since_change = 0
        return self._at != before

    def _down(self, sample: Sample) -> None:
        if self._since_up <= 2 * self._patience:  # the last step up was a mistake
            self._patience = min(_MOST_PATIENCE, 2 * self._patience)
        self._since_up = math.inf
        cheaper = range(self._at + 1, len(self._rungs))
        self._at = next((at for at in cheaper if self._fits(sample, at, 1.0)), len(self._rungs) - 1)

    def _fits(self, sample: Sample, at: int, room: float) -> bool:
        """Whether a rung keeps to both limits by the reckoning, times `room`."""
        here, there = self._frame_s(sample, self._at), self._frame_s(sample, at)
        fps = min(self._target_fps, sample.given / sample.seconds)
        cpu_s = sample.cpu_s / max(1, sample.made) + self._threads * (there - here)
        return there * fps <= room and cpu_s * fps <= room * self._limit * self._cores

    def _frame_s(self, sample: Sample, at: int) -> float:
        """Time of a frame's matte at a rung, on average."""
        rung = self._rungs[at]
        look_s = sample.look_s * rung.share / self.rung.share
        return (look_s + (rung.stride - 1) * self._follow_s) / rung.stride
