"""Rows as lines of a table, whoever draws it."""

from __future__ import annotations

from collections.abc import Sequence

from live_seg.bench.compare import Compared
from live_seg.bench.row import Row

_HEADS = {
    "flat": ("", "engine", "FPS", "(least to most)", "times", "p50 ms", "p95", "p99", "CPU ms", "MB"),
    "paced": ("", "engine", "FPS", "delay p50 ms", "p95", "p99", "CPU ms", "times", "cores", "dropped", "MB"),
}

_FREE = 0.15
"""Cores that a quiet system needs for itself."""

COMPARED_HEAD = ("", "figure", "before", "after", "better by", "verdict")
"""Captions of the columns of a comparison."""

STAGES_HEAD = ("", "network", "matte", "compose")
"""Captions of the columns of `stage_cells`."""


def by_setting(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """Rows that were measured interleaved, under one caption each, in their order."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.setting, []).append(row)
    return found


def head(rows: Sequence[Row]) -> tuple[str, ...]:
    """Captions of the columns for rows of one setting."""
    return _HEADS[rows[0].mode]


def cells(row: Row) -> list[str]:
    """One line; fits `head`."""
    name = row.name if row.kind != "peer" else f"{row.name} in our loop"
    times = "" if row.ratio is None else f"{row.ratio:.1f}"
    latency = [f"{value:.1f}" for value in (row.p50_ms, row.p95_ms, row.p99_ms)]
    cpu, fps = f"{row.cpu_ms:.1f}", f"{row.fps:.1f}"
    if row.mode == "flat":
        return [name, row.engine, fps, _spread(row), times, *latency, cpu, memory(row)]
    dropped = f"{row.dropped / max(1, row.frames):.1%}" + (f", {row.hidden} hidden" if row.hidden else "")
    dropped += f", network on {1 - row.kept / max(1, row.shown):.0%}" if row.kept else ""
    return [name, row.engine, fps, *latency, cpu, times, f"{row.cores:.2f}", dropped, memory(row)]


def stage_cells(row: Row) -> list[str]:
    """One line of the stages' times, median and p95 in ms; fits `STAGES_HEAD`."""
    spreads = [row.stages.get(stage) for stage in STAGES_HEAD[1:]]
    times = [f"{one.p50_ms:.1f} / {one.p95_ms:.1f}" if one else "" for one in spreads]
    return [f"{row.name} ({row.engine}), {row.setting}", *times]


def compared_cells(one: Compared) -> list[str]:
    """One line of a comparison; fits `COMPARED_HEAD`."""
    name = f"{one.row.name} ({one.row.engine}), {one.row.setting}"
    change = f"{(one.change - 1) * 100:+.1f} %{' beside straightforward' if one.corrected else ''}"
    return [name, one.figure, f"{one.before:.1f}", f"{one.after:.1f}", change, one.verdict.value]


def disturbance(rows: Sequence[Row]) -> str:
    """A sentence on what else the machine did meanwhile; empty if it was free, or if that is not known."""
    most = max((row.others or 0.0 for row in rows), default=0.0)
    if most < _FREE:
        return ""
    return (
        f"The machine was not free: other work took up to {most:.1f} cores meanwhile. Read the ratios, not the figures."
    )


def memory(row: Row) -> str:
    """Megabytes, or nothing where the system did not tell."""
    return "" if row.memory_mb is None else f"{row.memory_mb:.0f}"


def _spread(row: Row) -> str:
    values = row.rounds.get("fps") or [row.fps]
    return f"{min(values):.1f} to {max(values):.1f}"
