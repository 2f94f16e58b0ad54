"""How the time of a frame grows with its pixels, and falls with threads."""

from __future__ import annotations

from collections.abc import Sequence

from live_seg.bench.plan import STRAIGHTFORWARD, WITHOUT_NETWORK, Contender, Setting
from live_seg.bench.row import Row
from live_seg.config import Config
from live_seg.engines.onnxruntime import thread_count
from live_seg.frame import Size

SIZES = tuple(Size.parse(text) for text in ("320x180", "640x360", "960x540", "1280x720", "1920x1080", "2560x1440"))
"""16:9, so that the network's input stays the same and only the loop's own work grows; 3840x2160 comes after them."""

LARGEST = Size(3840, 2160)

MIDDLE = Size(1280, 720)
"""Of the curve over threads."""

_MOST_THREADS = 8


def scaling_plan(
    contenders: Sequence[Contender], effect: str, cores: int, sizes: Sequence[Size] = (*SIZES, LARGEST)
) -> list[tuple[Setting, Sequence[Contender]]]:
    """Settings for both curves: every size with the threads that the app chooses, 1280x720 with 1 to all cores.

    Other networks are left out: ours, the straightforward pipeline and the loop alone are enough for two curves. The
    loop alone has no threads for a network.
    """
    drawn = [one for one in contenders if one.kind == "ours" or one.name in (STRAIGHTFORWARD, WITHOUT_NETWORK)]
    threaded = [one for one in drawn if one.engine != "fixed"]
    by_size = [Setting(size, effect, "flat") for size in sizes]
    usual = thread_count(Config().engine)  # measured among the sizes
    others = [threads for threads in range(1, min(cores, _MOST_THREADS) + 1) if threads != usual]
    by_threads = [Setting(MIDDLE, effect, "flat", threads) for threads in others]
    return [*((setting, drawn) for setting in by_size), *((setting, threaded) for setting in by_threads)]


def curves(rows: Sequence[Row]) -> tuple[dict[str, list[Row]], dict[str, list[Row]]]:
    """Rows of each contender by pixels, at the threads that most were measured with; and by threads, at `MIDDLE`."""
    counts = [row.threads for row in rows]
    usual = max(set(counts), key=counts.count)
    by_size = sorted((row for row in rows if row.threads == usual), key=lambda row: megapixels(row.size))
    by_threads = sorted((row for row in rows if row.size == str(MIDDLE)), key=lambda row: row.threads)
    return _by_name(by_size), _by_name([row for row in by_threads if row.engine != "fixed"])


def megapixels(size: str) -> float:
    """Of a size that is written `1280x720`."""
    width, height = Size.parse(size)
    return width * height / 1e6


def _by_name(rows: Sequence[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    effects = {row.effect for row in rows}
    for row in rows:
        which = f"{row.name} ({row.engine})" + (f", {row.effect}" if len(effects) > 1 else "")
        found.setdefault(which, []).append(row)
    return found
