"""Time from the command to the first picture, and memory over many frames of 1280x720.

    python benchmarks/start_and_memory.py [--starts 5] [--frames 20000] [--engine auto] [--model auto] [--out FILE.md]

The start is the whole process `live-seg --camera demo --frames 1 --no-window`: from exec until it has ended,
so a little more than to its first picture. The frames pass through the app's own session in this process, flat out;
its memory is read from /proc (Linux). `--engine fixed` leaves the network out: all else that could grow is there.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

from live_seg.bench.machine import this_machine
from live_seg.config import build
from live_seg.live.session import Session

COMMAND = [sys.executable, "-m", "live_seg", "--camera", "demo", "--size", "1280x720", "--blur", "--no-window"]

MARKS = (100, 1_000, 5_000, 10_000, 20_000, 50_000, 100_000)
"""Frames at which memory is told; the last frame too."""


def start_s(engine: str, model: str) -> float:
    """Seconds of one start with one picture."""
    begin = time.perf_counter()
    words = [*COMMAND, "--frames", "1", "--engine", engine, "--model", model]
    subprocess.run(words, check=True, capture_output=True)
    return time.perf_counter() - begin


def starts_line(engine: str, model: str, count: int) -> str:
    """How long `count` starts took, after one that fills the page cache and has the choice of the engine remembered."""
    start_s(engine, model)
    taken = [start_s(engine, model) for _ in range(count)]
    spread = f"median of {count}, {min(taken):.2f} to {max(taken):.2f}"
    return (
        f"{this_machine().label}: first picture after {statistics.median(taken):.2f} s ({spread}), engine {engine}.\n"
    )


def memory_mib() -> float:
    """Resident memory of this process, in MiB."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


def memory_at(marks: list[int], engine: str, model: str) -> tuple[str, dict[int, float]]:
    """Which engine ran, and MiB after so many frames; the last mark ends it."""
    config = build(
        {
            "source": {"camera": "demo", "size": "1280x720"},
            "engine": {"name": engine, "model": model},
            "effect": {"name": "blur"},
            "window": {"show": False},
            "run": {"frames": marks[-1]},
        }
    )
    found: dict[int, float] = {}
    with Session(config) as session:
        session.open()
        figures = session.pipeline.statistics

        def watch() -> None:
            for mark in marks:
                while figures.count("null") < mark:
                    if ended.wait(0.02):
                        return
                found[mark] = memory_mib()

        ended = threading.Event()
        watching = threading.Thread(target=watch)
        watching.start()
        session.run(lambda config: None)
        if figures.count("null") < marks[-1]:
            ended.set()
        watching.join()
        return figures.engine, found


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--starts", type=int, default=5, help="0: none")
    parser.add_argument("--frames", type=int, default=20_000, help="0: none")
    parser.add_argument("--engine", default="auto")
    parser.add_argument("--model", default="auto")
    parser.add_argument("--out", type=Path, help="writes what was measured, as Markdown")
    options = parser.parse_args()
    text = ""
    if options.starts:
        text = starts_line(options.engine, options.model, options.starts)
        print(text, end="")
    if options.frames:
        marks = [mark for mark in MARKS if mark < options.frames] + [options.frames]
        begin = time.monotonic()
        engine, found = memory_at(marks, options.engine, options.model)
        print(f"{engine}: {options.frames} frames in {time.monotonic() - begin:.0f} s")
        measured = table(engine, found)
        print(measured, end="")
        text += f"\n{measured}" if text else measured
    if options.out:
        options.out.write_text(text, encoding="utf-8")


def table(engine: str, found: dict[int, float]) -> str:
    """A line for the engine, a column for each mark."""
    cells = [
        ["frames", *(f"{mark:,}" for mark in found)],
        ["---", *["---:"] * len(found)],
        [engine, *(f"{mib:.0f} MiB" for mib in found.values())],
    ]
    return "".join(f"| {' | '.join(line)} |\n" for line in cells)


if __name__ == "__main__":
    main()
