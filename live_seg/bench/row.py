"""Rounds of one contender -> a row of the result: medians, with all that they were taken from."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

from live_seg.bench.plan import Contender, Kind, Mode, Setting
from live_seg.bench.round import Round
from live_seg.bench.subject import About
from live_seg.live.statistics import Spread


@dataclass(frozen=True, slots=True)
class Row:
    """One contender in one setting; each figure is the median of the rounds.

    Attributes
    ----------
    name, kind
        Of the contender: "ours", "baseline", or "peer", which is another network in our loop.
    size, effect, engine, mode, threads
        The setting; `threads` are the network's.
    fps
        Pictures a second.
    p50_ms, p95_ms, p99_ms
        Flat: from one picture to the next. Paced: from the moment the camera's frame was due to the sink.
    cpu_ms
        CPU time of the whole process for a picture.
    cores
        Cores that were busy on average.
    memory_mb
        The most that the process ever held, loading included, without the clip; null where the system does not tell.
    input_size
        Of the network.
    device
        Read back from the engine.
    others
        Cores that everything else on the machine took meanwhile, the most of all rounds: over 0.1 or so the figures
        are not those of a free machine; null where the system does not tell.
    ratio
        How many times better than the straightforward pipeline beside it: in frames a second if flat, in CPU time a
        picture if paced; null where there is none.
    frames, shown, hidden, kept, drops
        Totals of all rounds: frames given, pictures with a matte of their own, hidden pictures, frames for which the
        network was not run, frames that were replaced by newer ones.
    stages
        Time of each stage for a frame; "matte" includes "network".
    rounds
        What each figure was in each round, in their order; "ratio" round by round, too.
    """

    name: str
    kind: Kind
    size: str
    effect: str
    engine: str
    mode: Mode
    fps: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    cpu_ms: float
    memory_mb: float | None
    cores: float
    threads: int = 0
    input_size: str = ""
    device: str = ""
    others: float | None = None
    ratio: float | None = None
    frames: int = 0
    shown: int = 0
    hidden: int = 0
    kept: int = 0
    drops: dict[str, int] = field(default_factory=dict)
    stages: dict[str, Spread] = field(default_factory=dict)
    rounds: dict[str, list[float]] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, ...]:
        """What makes two rows of two results the same."""
        return (self.name, self.kind, self.size, self.effect, self.engine, self.mode, str(self.threads))

    @property
    def setting(self) -> str:
        """The rows with the same text were measured interleaved."""
        how = "flat out" if self.mode == "flat" else "paced"
        return f"{self.size}, {self.effect}, {how}, {self.threads} thread{'s' * (self.threads != 1)}"

    @property
    def dropped(self) -> int:
        """Frames that were replaced by newer ones, at any stage."""
        return sum(self.drops.values())


def make_row(
    contender: Contender, setting: Setting, about: About, rounds: Sequence[Round], beside: Sequence[Round]
) -> Row:
    """The row of some rounds.

    Parameters
    ----------
    contender, setting, about
        What was measured.
    rounds
        At least one.
    beside
        The straightforward pipeline's rounds of the same run; may be empty.
    """
    figures = {
        "fps": [one.fps for one in rounds],
        "p50_ms": [one.latency.p50_ms for one in rounds],
        "p95_ms": [one.latency.p95_ms for one in rounds],
        "p99_ms": [one.latency.p99_ms for one in rounds],
        "cpu_ms": [one.cpu_ms for one in rounds],
        "cores": [one.cores for one in rounds],
        "ratio": [_ratio(one, plain, setting.mode) for one, plain in zip(rounds, beside, strict=False)],
    }
    medians = {name: statistics.median(values) for name, values in figures.items() if values}
    others = [one.others for one in rounds if one.others is not None]
    memory = [one.memory_mb for one in rounds if one.memory_mb is not None]
    return Row(
        name=about.name,
        kind=contender.kind,
        size=str(setting.size),
        effect=setting.effect,
        engine=about.engine,
        mode=setting.mode,
        fps=medians["fps"],
        p50_ms=medians["p50_ms"],
        p95_ms=medians["p95_ms"],
        p99_ms=medians["p99_ms"],
        cpu_ms=medians["cpu_ms"],
        memory_mb=max(memory) if memory else None,
        cores=medians["cores"],
        threads=about.threads,
        input_size=about.input_size,
        device=about.device,
        others=max(others) if others else None,
        ratio=medians.get("ratio"),
        frames=sum(one.frames for one in rounds),
        shown=sum(one.shown for one in rounds),
        hidden=sum(one.hidden for one in rounds),
        kept=sum(one.kept for one in rounds),
        drops=_total([one.drops for one in rounds]),
        stages=_medians([one.stages for one in rounds]),
        rounds=figures,
    )


def _ratio(one: Round, plain: Round, mode: Mode) -> float:
    return one.fps / plain.fps if mode == "flat" else plain.cpu_ms / max(one.cpu_ms, 1e-9)


def _total(counts: Sequence[dict[str, int]]) -> dict[str, int]:
    names = dict.fromkeys(name for count in counts for name in count)
    return {name: sum(count.get(name, 0) for count in counts) for name in names}


def _medians(rounds: Sequence[dict[str, Spread]]) -> dict[str, Spread]:
    names = dict.fromkeys(name for stages in rounds for name in stages)
    found = {}
    for name in names:
        spreads = [stages[name] for stages in rounds if name in stages]
        found[name] = Spread(
            statistics.median(one.p50_ms for one in spreads),
            statistics.median(one.p95_ms for one in spreads),
            statistics.median(one.p99_ms for one in spreads),
        )
    return found
