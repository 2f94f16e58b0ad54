"""Python, operating system, processor."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from pathlib import Path

from live_seg.cli.checks.check import Check, State

_useful = {
    "avx2": "AVX2",
    "avx512f": "AVX-512",
    "avx512_vnni": "AVX-512 VNNI",
    "avx_vnni": "AVX VNNI",
    "amx_int8": "AMX",
    "asimddp": "dot products",
}
"""Flags of /proc/cpuinfo that make the network faster, by their usual names."""


def check_system(cpuinfo: Path = Path("/proc/cpuinfo")) -> Iterator[Check]:
    """Always ok: the package does not install on what it cannot run on."""
    yield Check("python", State.OK, f"{platform.python_version()} on {platform.system()} {platform.release()}")
    features = ", ".join(name for flag, name in _useful.items() if flag in _flags(cpuinfo))
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    count = f"{cores} core{'s' if cores != 1 else ''}"
    yield Check("processor", State.OK, f"{platform.machine()}, {count}" + (f", {features}" if features else ""))


def _flags(cpuinfo: Path) -> set[str]:
    try:
        lines = cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:  # Windows and macOS do not tell without calling the processor
        return set()
    line = next((line for line in lines if line.startswith(("flags", "Features"))), "")
    return set(line.partition(":")[2].split())
