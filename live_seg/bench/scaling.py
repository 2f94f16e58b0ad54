"""How the time of a frame grows with its pixels, and falls with threads."""

from __future__ import annotations

from collections.abc import Sequence

from live_seg.bench.plan import STRAIGHTFORWARD, Contender, Setting
from live_seg.config import Config
from live_seg.engines.onnxruntime import thread_count
from live_seg.frame import Size

SIZES = tuple(Size.parse(text) for text in ("320x180", "640x360", "960x540", "1280x720", "1920x1080", "2560x1440"))
"""16:9, so that the network's input stays the same and only the loop's own work grows; 3840x2160 comes after them."""

LARGEST = Size(3840, 2160)

_MIDDLE = Size(1280, 720)

_MOST_THREADS = 8


def scaling_plan(
    contenders: Sequence[Contender], effect: str, cores: int, sizes: Sequence[Size] = (*SIZES, LARGEST)
) -> list[tuple[Setting, Sequence[Contender]]]:
    """Settings for both curves: every size with the threads that the app chooses, 1280x720 with 1 to all cores.

    Baselines but for the straightforward pipeline are left out; that and ours are enough for two lines.
    """
    two = [one for one in contenders if one.kind == "ours" or one.name == STRAIGHTFORWARD]
    by_size = [Setting(size, effect, "flat") for size in sizes]
    usual = thread_count(Config().engine)  # measured among the sizes
    others = [threads for threads in range(1, min(cores, _MOST_THREADS) + 1) if threads != usual]
    by_threads = [Setting(_MIDDLE, effect, "flat", threads) for threads in others]
    return [(setting, two) for setting in (*by_size, *by_threads)]
