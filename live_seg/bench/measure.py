"""Measures the contenders of each setting: all at once in their processes, in turn round by round."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from live_seg.bench.clip import write_clip
from live_seg.bench.plan import STRAIGHTFORWARD, Contender, Setting
from live_seg.bench.round import Round
from live_seg.bench.row import Row, make_row
from live_seg.bench.subject import About
from live_seg.bench.worker import Worker
from live_seg.errors import EngineError, LiveSegError
from live_seg.frame import Size

_WARM_UP_S = 2.0
"""The first round counts for nothing: threads start, pages are touched, the processor finds its clock rate."""

Say = Callable[[str], None]


class Opened(Protocol):
    """A contender that is ready for rounds: `Worker`, or a fake in tests."""

    about: About

    def round(self, seconds: float) -> Round:
        """Measures one round."""

    def close(self) -> None:
        """Ends it."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A contender that could not be measured, and why."""

    name: str
    setting: str
    why: str


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of it."""

    rows: list[Row]
    skipped: list[Skipped]


@dataclass(frozen=True, slots=True)
class _Lane:
    """A contender with its rounds so far."""

    contender: Contender
    opened: Opened
    rounds: list[Round] = field(default_factory=list)


class Measurement:
    """Keeps the clips while it measures.

    Parameters
    ----------
    camera
        The clip: a video file or "demo".
    seconds
        Of each round.
    repeats
        Rounds that count, of each contender.
    say
        Told what is being done.
    open_contender
        Makes what is measured; tests put in fakes.
    """

    def __init__(
        self,
        camera: str,
        seconds: float,
        repeats: int,
        say: Say = lambda text: None,
        open_contender: Callable[[Contender, Setting, Path], Opened] = Worker,
    ) -> None:
        self._camera = camera
        self._seconds = seconds
        self._repeats = repeats
        self._say = say
        self._open = open_contender
        self._folder = Path(tempfile.mkdtemp(prefix="live-seg-bench-"))
        self._settled: dict[Contender, Contender] = {}

    def close(self) -> None:
        """Removes the clips."""
        for file in self._folder.iterdir():
            file.unlink()
        self._folder.rmdir()

    def run(self, setting: Setting, contenders: Sequence[Contender]) -> Measured:
        """Measures the contenders in one setting; those that do not work here are left out, with the reason.

        Raises
        ------
        LiveSegError
            If the clip cannot be read, or there is no such effect or model.
        """
        clip = self._clip(setting.size)
        lanes: list[_Lane] = []
        skipped: list[Skipped] = []

        def refuse(contender: Contender, error: EngineError) -> None:
            skipped.append(Skipped(contender.name or contender.engine, str(setting), error.what))

        with ExitStack() as stack:
            for contender in contenders:
                self._say(f"{setting}: loading {contender.name or contender.engine}")
                try:
                    opened = self._open(self._settle(contender, setting, clip), setting, clip)
                    stack.callback(opened.close)
                    with suppress(EngineError):  # a round that counts tells whether it works
                        opened.round(min(_WARM_UP_S, self._seconds))
                    lanes.append(_Lane(contender, opened))
                except EngineError as error:
                    refuse(contender, error)
            for number in range(self._repeats):
                for lane in lanes if number % 2 == 0 else lanes[::-1]:  # there and back: who follows whom changes
                    self._say(f"{setting}: round {number + 1} of {self._repeats}, {lane.opened.about.name}")
                    try:
                        lane.rounds.append(lane.opened.round(self._seconds))
                    except EngineError as error:
                        lane.rounds.clear()
                        refuse(lane.contender, error)
                lanes = [lane for lane in lanes if lane.rounds]
            beside = next((lane.rounds for lane in lanes if lane.contender.name == STRAIGHTFORWARD), [])
            rows = [make_row(lane.contender, setting, lane.opened.about, lane.rounds, beside) for lane in lanes]
        return Measured(rows, skipped)

    def _clip(self, size: Size) -> Path:
        file = self._folder / f"{size}.npy"
        if not file.exists():
            for other in self._folder.iterdir():  # one at a time: they are large
                other.unlink()
            self._say(f"decoding {self._camera} at {size}")
            write_clip(self._camera, size, file)
        return file

    def _settle(self, contender: Contender, setting: Setting, clip: Path) -> Contender:
        """Lets "auto" choose once, in a process that is not measured: trying all engines takes memory.

        The choice holds for all settings: rows of several sizes or threads are to be of one engine.
        """
        if contender.engine != "auto":
            return contender
        if contender not in self._settled:
            chosen = self._open(contender, setting, clip)
            chosen.close()
            self._settled[contender] = replace(contender, engine=chosen.about.engine)
        return self._settled[contender]


def measure(settings: Sequence[tuple[Setting, Sequence[Contender]]], measurement: Measurement) -> Measured:
    """Measures each setting with its contenders; closes the measurement.

    Raises
    ------
    LiveSegError
        If nothing at all could be measured: says why.
    """
    rows: list[Row] = []
    skipped: list[Skipped] = []
    try:
        for setting, contenders in settings:
            measured = measurement.run(setting, contenders)
            rows += measured.rows
            skipped += measured.skipped
    finally:
        measurement.close()
    if not rows:
        why = "; ".join(sorted({f"{one.name}: {one.why}" for one in skipped}))
        raise LiveSegError(f"nothing could be measured ({why})", "live-seg doctor tells more.")
    return Measured(rows, skipped)
