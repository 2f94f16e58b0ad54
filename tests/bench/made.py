"""Rounds, rows and results whose figures are known."""

from __future__ import annotations

from live_seg.bench.machine import Machine
from live_seg.bench.plan import Contender, Mode, Setting
from live_seg.bench.result import Result
from live_seg.bench.round import Round
from live_seg.bench.row import Row, make_row
from live_seg.bench.subject import About
from live_seg.frame import Size
from live_seg.live.statistics import Spread

OURS = Contender("ours", "cpu")
PLAIN = Contender("baseline", "cpu", "plain", name="straightforward")
PEER = Contender("peer", "cpu", name="selfie")
MACHINE = Machine("Made Up 3000", 2, ("avx2",), 8.0, "Linux 6", 0.1)


def setting(mode: Mode = "flat") -> Setting:
    return Setting(Size(1280, 720), "blur", mode, 2)


def made_round(fps: float = 60.0, cpu_ms: float = 20.0, p50_ms: float = 10.0) -> Round:
    latency = Spread(p50_ms, p50_ms * 1.5, p50_ms * 2)
    stages = {"network": Spread(8.0, 9.0, 10.0), "matte": Spread(9.0, 10.0, 11.0), "compose": Spread(3.0, 4.0, 5.0)}
    return Round(fps, latency, cpu_ms, fps * cpu_ms / 1e3, 0.05, 250.0, 600, 599, 0, 0, {"matte": 1}, stages)


def made_row(contender: Contender, rounds: list[Round], beside: list[Round], mode: Mode = "flat") -> Row:
    about = About(contender.name or "person-int8", contender.engine, "CPU", 2, "288x160")
    return make_row(contender, setting(mode), about, rounds, beside)


def made_result(scale: float = 1.0, machine: float = 1.0, wobble: float = 0.01) -> Result:
    """Three contenders, flat and paced; `scale` times faster ours, on a machine `machine` times as fast."""
    rows = []
    for mode in ("flat", "paced"):
        plain, own, peer = (
            [made_round(fps * better * by, cpu_ms / better / by, p50_ms / better / by) for by in _about_one(wobble)]
            for fps, cpu_ms, p50_ms, better in (
                (10.0, 150.0, 100.0, machine),
                (60.0, 20.0, 12.0, machine * scale),
                (200.0, 8.0, 6.0, machine),
            )
        )
        for contender, rounds in ((OURS, own), (PLAIN, plain), (PEER, peer)):
            rows.append(made_row(contender, rounds, plain, mode))
    return Result("live-seg bench", "2026-01-02", 10.0, 3, MACHINE, {"python": "3.11.2"}, rows)


def _about_one(wobble: float) -> tuple[float, float, float]:
    return 1 - wobble, 1.0, 1 + wobble
