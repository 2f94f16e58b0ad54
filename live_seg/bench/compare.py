"""Is B slower than A? A verdict that knows how much the rounds of each scatter."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from live_seg.bench.plan import STRAIGHTFORWARD
from live_seg.bench.result import Result
from live_seg.bench.row import Row

TOLERANCE = 0.03
"""Less of a change than this is none: so much moves by where the linker puts a function."""


LIKELY_CHANCE = 1 / 20
"""Rounds that are all on one side of the others more often than this by chance alone tell nothing."""


class Verdict(Enum):
    """Of one figure of one row."""

    FASTER = "faster"
    SAME = "same"
    SLOWER = "slower"
    UNKNOWN = "too few rounds"


@dataclass(frozen=True, slots=True)
class Compared:
    """One figure of one row in both results.

    Attributes
    ----------
    row
        Of B.
    figure
        "fps" of flat rows, "cpu_ms" and "p95_ms" of paced ones.
    before, after
        Medians, in the figure's own unit.
    change
        How many times better B is; over 1 is better whatever the figure.
    corrected
        True if the straightforward pipeline beside each served as the measure, so that a slower machine counts for
        nothing.
    """

    row: Row
    figure: str
    before: float
    after: float
    change: float
    corrected: bool
    verdict: Verdict


def compare(before: Result, after: Result) -> list[Compared]:
    """Compares the rows that both results hold, but for baselines: those say how fast the machine was.

    B is slower in a figure if even its best round is worse than A's worst, and the medians differ by more than
    `TOLERANCE`. With three rounds each that happens by chance once in twenty, with five once in 252; so rounds are
    what makes a verdict sharp. With fewer there is none: one round each is slower half the time. Where both
    hold the straightforward pipeline of the same setting, each round is first divided by that pipeline's beside it.
    """
    earlier = {row.key: row for row in before.rows}
    found = []
    for row in after.rows:
        if row.kind == "baseline" or row.key not in earlier:
            continue
        for figure in ("fps",) if row.mode == "flat" else ("cpu_ms", "p95_ms"):
            found.append(_compared(earlier[row.key], _plain(before, row), row, _plain(after, row), figure))
    return found


def is_slower(compared: Sequence[Compared]) -> bool:
    """Whether any figure of any row got worse."""
    return any(one.verdict is Verdict.SLOWER for one in compared)


def _compared(old: Row, old_plain: Row | None, new: Row, new_plain: Row | None, figure: str) -> Compared:
    # Delay has no common measure: what waits for a camera does not grow with the machine's slowness.
    corrected = bool(old_plain and new_plain) and figure != "p95_ms"
    first, second = (
        _values(old, old_plain if corrected else None, figure),
        _values(new, new_plain if corrected else None, figure),
    )
    change = statistics.median(second) / statistics.median(first)
    verdict = Verdict.SAME
    if change < 1 - TOLERANCE and max(second) < min(first):
        verdict = Verdict.SLOWER
    elif change > 1 + TOLERANCE and min(second) > max(first):
        verdict = Verdict.FASTER
    if verdict is not Verdict.SAME and 1 / math.comb(len(first) + len(second), len(first)) > LIKELY_CHANCE:
        verdict = Verdict.UNKNOWN
    before, after = (statistics.median(row.rounds[figure]) for row in (old, new))
    return Compared(new, figure, before, after, change, corrected, verdict)


def _values(row: Row, plain: Row | None, figure: str) -> list[float]:
    """Each round's figure, turned so that more is better, in units of the straightforward pipeline's if given."""
    own = [_more_is_better(value, figure) for value in row.rounds[figure]]
    if plain is None:
        return own
    beside = [_more_is_better(value, figure) for value in plain.rounds[figure]]
    return [value / unit for value, unit in zip(own, beside, strict=False)]


def _more_is_better(value: float, figure: str) -> float:
    return value if figure == "fps" else 1 / max(value, 1e-9)


def _plain(result: Result, like: Row) -> Row | None:
    return next(
        (row for row in result.rows if row.name == STRAIGHTFORWARD and row.setting == like.setting),
        None,
    )
