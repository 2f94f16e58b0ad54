"""Pictures of a result, by matplotlib."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from live_seg.bench.front import MEASURES, Point
from live_seg.bench.result import Result
from live_seg.bench.row import Row
from live_seg.bench.scaling import MIDDLE, curves, megapixels
from live_seg.bench.tables import by_setting
from live_seg.errors import UsageError

_MARKERS = "osD^vPX"

_COLOURS = {"ours": "#00796b", "baseline": "#9e9e9e", "peer": "#5c6bc0"}


def plot(result: Result, file: Path) -> None:
    """Draws bars for each setting: frames a second with their spread flat out, p50 to p95 delay paced.

    Raises
    ------
    UsageError
        If matplotlib is missing or the file cannot be written.
    """
    settings = by_setting(result.rows)
    most = max(len(rows) for rows in settings.values())
    figure, axes = _subplots(len(settings), 1, (9, len(settings) * (1.2 + 0.32 * most)))
    for axis, (caption, rows) in zip(axes, settings.items(), strict=True):
        _bars(axis, caption, rows)
    _save(figure, file)


def plot_scaling(result: Result, file: Path) -> None:
    """Draws the time of a frame against its pixels, and against threads.

    Raises
    ------
    UsageError
        If matplotlib is missing or the file cannot be written.
    """
    figure, (left, right) = _subplots(1, 2, (11, 4.2))
    by_size, by_threads = curves(result.rows)
    for name, rows in by_size.items():
        left.plot([megapixels(row.size) for row in rows], [1e3 / row.fps for row in rows], "o-", label=name)
    left.set(xlabel="megapixels of the frame", ylabel="ms a frame", xscale="log", yscale="log")
    for name, rows in by_threads.items():
        right.plot([row.threads for row in rows], [1e3 / row.fps for row in rows], "o-", label=name)
    threads = sorted({row.threads for rows in by_threads.values() for row in rows})
    right.set(xlabel=f"threads for the network, {MIDDLE}", ylabel="ms a frame", ylim=(0, None), xticks=threads)
    for axis in (left, right):
        axis.yaxis.set_major_formatter("{x:g}")
        axis.grid(alpha=0.3, which="both")
        axis.legend()
    left.xaxis.set_major_formatter("{x:g}")
    _save(figure, file)


def plot_front(points: Sequence[Point], caption: str, file: Path) -> None:
    """Draws IoU and boundary IoU against the milliseconds of a frame, with the line of those that nobody beats.

    Raises
    ------
    UsageError
        If matplotlib is missing or the file cannot be written.
    """
    figure, axes = _subplots(1, len(MEASURES), (11, 4.4 + 0.16 * len(points)))
    from matplotlib.ticker import LogLocator

    for axis, measure, title in zip(axes, MEASURES, ("IoU", "boundary IoU"), strict=True):
        for number, point in enumerate(points):
            label = f"{point.row.name} ({point.row.engine})"
            marker, size = ("*", 15) if point.row.kind == "ours" else (_MARKERS[number % len(_MARKERS)], 8)
            axis.plot(point.row.p50_ms, point.means[measure], marker, color=f"C{number % 10}", ms=size, label=label)
        best = [point for point in points if measure in point.fronts]
        axis.step(
            [one.row.p50_ms for one in best], [one.means[measure] for one in best], "k:", where="post", zorder=0, lw=1
        )
        axis.set(xlabel="ms a frame, the whole loop", ylabel=title, xscale="log")
        axis.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.xaxis.set_major_formatter("{x:g}")
        axis.xaxis.set_minor_formatter("")
        axis.margins(0.12)
        axis.grid(alpha=0.3)
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=2, frameon=False)
    figure.suptitle(caption, fontsize=10)
    _save(figure, file)


def _bars(axis: Any, caption: str, rows: list[Row]) -> None:
    names = [f"{row.name}{' in our loop' * (row.kind == 'peer')} ({row.engine})" for row in rows]
    colours = [_COLOURS[row.kind] for row in rows]
    if rows[0].mode == "flat":
        spread = [(row.fps - min(row.rounds["fps"]), max(row.rounds["fps"]) - row.fps) for row in rows]
        axis.barh(names, [row.fps for row in rows], color=colours, xerr=list(zip(*spread, strict=True)))
        axis.set_xlabel("frames a second")
    else:
        reach = [(0.0, row.p95_ms - row.p50_ms) for row in rows]
        axis.barh(names, [row.p50_ms for row in rows], color=colours, xerr=list(zip(*reach, strict=True)))
        axis.set_xlabel("added delay in ms, p50 with p95")
    axis.set_title(caption, fontsize=10)
    axis.invert_yaxis()
    axis.grid(axis="x", alpha=0.3)


def _subplots(rows: int, columns: int, inches: tuple[float, float]) -> tuple[Any, list[Any]]:
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise UsageError("matplotlib is not installed", 'Install it: pip install "live-seg[bench]"') from None
    figure = Figure(figsize=inches, layout="constrained")
    return figure, list(figure.subplots(rows, columns, squeeze=False).flat)


def _save(figure: Any, file: Path) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(file, dpi=110)
    except (OSError, ValueError) as error:
        raise UsageError(f"{file} cannot be written: {error}", "Write to .png or .svg.") from None
