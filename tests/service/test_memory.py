"""Freed pictures leave the process at once."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

MEASURE = """
import numpy as np
from pathlib import Path
from live_seg.service.memory import give_back_large_blocks

def resident_mb():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6

{first}
np.ones(30_000_000, np.uint8)  # freed: glibc takes blocks of that size from its heap from now on
before, pictures, pins = resident_mb(), [], []
for _ in range(8):
    pictures.append(np.ones(8_000_000, np.uint8))
    pins.append(np.ones(100_000, np.uint8))  # something small that stays, between them
del pictures
print(resident_mb() - before)
"""


def kept_mb(first: str) -> float:
    code = MEASURE.format(first=first)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    return float(done.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="about glibc's malloc")
def test_freed_pictures_are_given_back_even_with_something_small_between_them() -> None:
    assert kept_mb("assert give_back_large_blocks()") < 10
    assert kept_mb("") > 30, "glibc gives them back by itself now: the setting can go"
