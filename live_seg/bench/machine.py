"""Where a result comes from: the machine and the versions."""

from __future__ import annotations

import os
import platform
import re
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_PACKAGES = ("live-seg", "numpy", "opencv-python", "onnxruntime", "onnxruntime-gpu", "openvino")
_VECTOR_UNITS = ("avx2", "avx512f", "avx512_bf16", "avx512_vnni", "avx_vnni", "amx_int8", "asimd", "asimddp", "i8mm")


@dataclass(frozen=True, slots=True)
class Machine:
    """What counts for the speed; nothing that names its owner.

    Attributes
    ----------
    processor
        Its model.
    cores
        That this process may use.
    vector_units
        Of those that networks use.
    memory_gb
        Of the machine; 0 where the system does not tell.
    system
        Operating system with the number of its version.
    load
        Processes that ran or waited on average of the last minute, before the measurement; 0 where unknown.
        Much over 0 means that the machine was not free.
    """

    processor: str
    cores: int
    vector_units: tuple[str, ...]
    memory_gb: float
    system: str
    load: float

    @property
    def label(self) -> str:
        """For people: "AMD EPYC, 2 cores"."""
        return f"{self.processor}, {self.cores} core{'s' * (self.cores != 1)}"


def this_machine() -> Machine:
    """The machine that this runs on."""
    content = _read("/proc/cpuinfo")
    model = re.search(r"^model name\s*:\s*(.+)$", content, re.MULTILINE)
    flags = re.search(r"^(?:flags|Features)\s*:\s*(.+)$", content, re.MULTILINE)
    known = set(flags[1].split()) if flags else set()
    total = re.search(r"^MemTotal:\s*(\d+)", _read("/proc/meminfo"), re.MULTILINE)
    return Machine(
        processor=model[1].strip() if model else platform.processor() or platform.machine(),
        cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        vector_units=tuple(unit for unit in _VECTOR_UNITS if unit in known),
        memory_gb=round(int(total[1]) * 1024 / 1e9, 1) if total else 0.0,
        system=f"{platform.system()} {_numbers(platform.release())}",
        load=round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else 0.0,
    )


def versions() -> dict[str, str]:
    """Python's and that of each library that does the work."""
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def _numbers(release: str) -> str:
    """The number alone: what a distributor or owner writes behind it does not count for the speed."""
    found = re.match(r"[\d.]*\d", release)
    return found[0] if found else release


def _read(file: str) -> str:
    path = Path(file)
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
