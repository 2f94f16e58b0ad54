"""One round of one contender: the loop for some seconds, and what it cost."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from live_seg.bench.clip import Camera, Endless
from live_seg.bench.plan import Setting
from live_seg.errors import EngineError
from live_seg.frame import Image
from live_seg.live.statistics import Spread, Statistics

SINK = "null"
"""Name of the sink in the statistics."""

Loop = Callable[[Endless | Camera, Statistics], None]
"""Runs from a source to the null sink until the source is over."""


@dataclass(frozen=True, slots=True)
class Round:
    """What was measured.

    Attributes
    ----------
    fps
        Pictures of a frame (not hidden ones) that came to the sink, a second.
    latency
        Flat: from one picture to the next; of a single picture the time that it took. Paced: from the moment the frame
        was due to the sink.
    cpu_ms
        CPU time of the whole process, all its threads, for a picture.
    cores
        CPU time over time: how many cores were busy on average.
    others
        How many cores everything else on the machine took meanwhile, the hypervisor's share included; None where the
        system does not tell.
    memory_mb
        The most that the process held so far, without the clip; None where the system does not tell.
    frames
        That the source gave.
    shown, hidden
        Pictures that came to the sink: with a matte of their own, and hidden by the guard.
    kept
        Frames for which the network was not run.
    drops
        Frames that a newer one replaced, by the stage that did not take them; "capture": missed by the reader.
    stages
        Time of each stage for a frame; "matte" includes "network".
    """

    fps: float
    latency: Spread
    cpu_ms: float
    cores: float
    others: float | None
    memory_mb: float | None
    frames: int
    shown: int
    hidden: int
    kept: int
    drops: dict[str, int]
    stages: dict[str, Spread]


def run_round(loop: Loop, images: list[Image], setting: Setting, seconds: float) -> Round:
    """Runs the loop for some seconds of frames.

    Raises
    ------
    EngineError
        If it showed no picture.
    """
    paced = setting.mode == "paced"
    source = Camera(images, seconds, setting.fps) if paced else Endless(images, seconds)
    statistics = Statistics(window=None)
    start_busy_s, start_s, start_cpu_s = busy_s(), time.perf_counter(), time.process_time()
    loop(source, statistics)
    wall_s, cpu_s = time.perf_counter() - start_s, time.process_time() - start_cpu_s
    elsewhere_s = None if start_busy_s is None else (busy_s() or 0.0) - start_busy_s - cpu_s
    shown = statistics.count(SINK) - statistics.hidden_count
    if shown <= 0:
        hidden = f"{statistics.hidden_count} pictures were hidden ({statistics.hidden})"
        raise EngineError(
            f"it showed no picture in {seconds:g} s; {hidden}", "Give more --seconds, or free the machine."
        )
    missed = source.missed if isinstance(source, Camera) else 0
    return Round(
        fps=shown / source.given * setting.fps if paced else statistics.fps(SINK) or shown / wall_s,
        latency=statistics.delay(SINK) if paced or shown < 2 else statistics.intervals(SINK),
        cpu_ms=cpu_s / shown * 1e3,
        cores=cpu_s / wall_s,
        others=None if elsewhere_s is None else max(0.0, elsewhere_s / wall_s),
        memory_mb=_less(peak_memory_mb(), sum(image.nbytes for image in images)),
        frames=source.given,
        shown=shown,
        hidden=statistics.hidden_count,
        kept=statistics.kept_count + statistics.followed_count,
        drops={stage: count for stage, count in {"capture": missed, **statistics.dropped}.items() if count},
        stages=statistics.stages(),
    )


def busy_s() -> float | None:
    """Seconds that all cores of the machine together were not idle, ever; None where the system does not tell."""
    file = Path("/proc/stat")
    if not file.exists():
        return None
    ticks = [int(word) for word in file.read_text().split("\n", 1)[0].split()[1:9]]
    return (sum(ticks) - ticks[3] - ticks[4]) / os.sysconf("SC_CLK_TCK")  # less idle, and waiting for disks


def peak_memory_mb() -> float | None:
    """The most memory that this process ever held, in MB of a million bytes; None where the system does not tell.

    On Linux from /proc: `getrusage` counts what a process held before it became this one.
    """
    status = Path("/proc/self/status")
    if status.exists():
        found = [line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM")]
        return int(found[0]) * 1024 / 1e6 if found else None
    if sys.platform == "win32":
        return None
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6


def _less(memory_mb: float | None, clip_bytes: int) -> float | None:
    return None if memory_mb is None else max(0.0, memory_mb - clip_bytes / 1e6)
