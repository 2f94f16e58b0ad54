"""Quality against time: what `live-seg evaluate` and `live-seg bench` found of the same networks, in one table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from live_seg.bench.result import Result
from live_seg.bench.row import Row
from live_seg.errors import UsageError

MEASURES = ("iou", "boundary_iou")
"""Qualities that are drawn, each with a front of its own."""

FRONT_HEAD = ("", "engine", "IoU", "boundary IoU", "MAD", "ms a frame", "of it network", "on the front of")
"""Captions of the columns of `front_cells`."""

_TITLES = {"iou": "IoU", "boundary_iou": "boundary IoU"}


@dataclass(frozen=True, slots=True)
class Point:
    """A network on an engine: how good, how fast.

    Attributes
    ----------
    row
        Of the benchmark; its median time from one picture to the next is taken.
    means
        Of the evaluation, over all pictures.
    fronts
        Those of `MEASURES` in which no other is better and as fast, or faster and as good.
    """

    row: Row
    means: dict[str, float]
    fronts: tuple[str, ...] = ()


def read_means(file: Path) -> dict[str, dict[str, float]]:
    """Means over all pictures, by model, from the JSON of `live-seg evaluate`.

    Raises
    ------
    UsageError
        If it cannot be read, or holds no pictures with masks.
    """
    try:
        content = msgspec.json.decode(file.read_bytes(), type=dict[str, dict[str, dict[str, dict[str, object]]]])
        found = {name: msgspec.convert(parts["overall"], dict[str, float]) for name, parts in content["models"].items()}
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from None
    except (msgspec.MsgspecError, UnicodeDecodeError, KeyError) as error:
        raise UsageError(f"{file} is no result of live-seg evaluate --json: {error}") from None
    for name, means in found.items():
        if any(measure not in means for measure in (*MEASURES, "mad")):
            raise UsageError(f"{file} has no IoU of {name}", "Measure pictures with masks, not clips or rooms.")
    return found


def join(means: dict[str, dict[str, float]], result: Result) -> list[Point]:
    """The networks that are in both, fastest first: ours and the peers in our loop, flat out, at the first size.

    Raises
    ------
    UsageError
        If there is none.
    """
    rows = [row for row in result.rows if row.mode == "flat" and row.kind != "baseline" and row.name in means]
    rows = sorted((row for row in rows if row.setting == rows[0].setting), key=lambda row: row.p50_ms)
    if not rows:
        names = ", ".join(sorted({row.name for row in result.rows if row.kind != "baseline"}))
        raise UsageError(
            "no network was measured in both, flat out", f"The benchmark has {names}; the scores {', '.join(means)}."
        )
    points = [Point(row, means[row.name]) for row in rows]
    return [
        Point(one.row, one.means, tuple(name for name in MEASURES if not _is_beaten(one, points, name)))
        for one in points
    ]


def front_cells(point: Point) -> list[str]:
    """One line of a table; fits `FRONT_HEAD`."""
    qualities = [f"{point.means[name]:.3f}" for name in (*MEASURES, "mad")]
    network = point.row.stages.get("network")
    times = [f"{point.row.p50_ms:.1f}", f"{network.p50_ms:.1f}" if network else ""]
    return [point.row.name, point.row.engine, *qualities, *times, ", ".join(_TITLES[name] for name in point.fronts)]


def _is_beaten(point: Point, points: Sequence[Point], measure: str) -> bool:
    def at(one: Point) -> tuple[float, float]:
        return one.means[measure], -one.row.p50_ms

    own = at(point)
    return any(at(one) != own and at(one)[0] >= own[0] and at(one)[1] >= own[1] for one in points)
