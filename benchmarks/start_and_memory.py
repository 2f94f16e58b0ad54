"""Time from the command to the first picture, memory at 1280x720, and whether it grows.

    python benchmarks/start_and_memory.py [--frames 5000] [--starts 5]

The start is the whole process `live-seg --camera demo --frames 1 --no-window`: from exec until it has ended,
so a little more than to its first picture. Memory is read from /proc (Linux) while `--frames` frames pass.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from pathlib import Path

COMMAND = [sys.executable, "-m", "live_seg", "--camera", "demo", "--size", "1280x720", "--blur", "--no-window"]


def start_s() -> float:
    """Seconds of one start with one picture."""
    begin = time.perf_counter()
    subprocess.run([*COMMAND, "--frames", "1"], check=True, capture_output=True)
    return time.perf_counter() - begin


def memory_mib(pid: int) -> float:
    """Resident memory of a process, in MiB; 0 once it has ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    found = [line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")]
    return int(found[0]) / 1024 if found else 0.0


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frames", type=int, default=5000)
    parser.add_argument("--starts", type=int, default=5)
    options = parser.parse_args()
    start_s()  # files into the page cache, the choice of the engine remembered
    starts = [start_s() for _ in range(options.starts)]
    print(f"first picture: {statistics.median(starts):.2f} s ({min(starts):.2f} to {max(starts):.2f})")
    process = subprocess.Popen([*COMMAND, "--frames", str(options.frames)], stderr=subprocess.DEVNULL)
    samples: list[float] = []
    while process.poll() is None:
        samples.append(memory_mib(process.pid))
        time.sleep(0.5)
    samples = [sample for sample in samples if sample]
    tenth = max(1, len(samples) // 10)
    early, late = statistics.median(samples[tenth : 2 * tenth]), statistics.median(samples[-2 * tenth : -tenth])
    print(f"memory over {options.frames} frames: at most {max(samples):.0f} MiB; {early:.0f} early, {late:.0f} late")


if __name__ == "__main__":
    main()
