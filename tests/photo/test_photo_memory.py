"""How much memory pictures take, large ones and bombs."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from made_photos import content, hostile, run
from photo_runs import opened
from PIL import Image as Pillow

from live_seg.photo.batch import _Budget

PEAK = """
import atexit, sys
def tell():
    status = open("/proc/self/status").read()
    print(status.split("VmHWM:")[1].split()[0], file=sys.stderr)
atexit.register(tell)
"""
"""Prints the most memory that the process ever had, in KiB."""


on_linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@pytest.mark.slow
@on_linux
def test_fifty_megapixels_take_less_than_a_gigabyte(tmp_path: Path) -> None:
    large = Pillow.fromarray(np.tile(np.arange(0, 256, dtype=np.uint8)[None, :, None], (5780, 34, 3))[:, :8660])
    (tmp_path / "large.jpg").write_bytes(content(large, "JPEG"))
    del large
    for words in ([], ["--background", "#00b140"]):
        done = run(tmp_path / "large.jpg", "-o", tmp_path / "out", *words, "--again", code=PEAK)
        assert done.returncode == 0, done.stderr
        assert int(done.stderr.splitlines()[-1]) < 1_000_000, words  # KiB
        assert opened(tmp_path / "out/large.png").size == (8660, 5780)


@on_linux
def test_bombs_cost_no_memory(tmp_path: Path) -> None:
    hostile(tmp_path / "in")
    done = run(tmp_path / "in", "-o", tmp_path / "out", code=PEAK)
    assert int(done.stderr.splitlines()[-1]) < 250_000


def test_pictures_in_memory_stay_within_the_budget_and_a_larger_one_comes_alone() -> None:
    budget, over = _Budget(100), threading.Event()
    with budget.take(60):
        other = threading.Thread(target=lambda: budget.take(70).__enter__() or over.set())  # type: ignore[func-returns-value]
        other.start()
        with budget.take(40):
            assert not over.is_set()
    assert over.wait(10)
    other.join()
    with _Budget(100).take(1000):
        pass
