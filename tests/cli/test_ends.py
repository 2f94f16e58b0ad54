"""Ends at awkward moments: while modules are imported, while a graph is built."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest


@pytest.mark.parametrize("moment", ["before", "while"])
def test_ctrl_c_while_modules_are_imported_shows_no_traceback(moment: str) -> None:
    at = {"before": "live_seg.cli.main", "while": "live_seg.cli.live"}[moment]
    code = f"""
import os, signal, sys

class Trap:
    def find_spec(self, name, path, target=None):
        if name == {at!r}:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Trap())
from live_seg.cli.start import main
sys.exit(main())
"""
    done = subprocess.run([sys.executable, "-c", code, "--print-config"], capture_output=True, text=True, check=False)
    assert done.returncode in (130, -signal.SIGINT)
    assert done.stderr in ("", "live-seg: cut short\n")


BUILDING = """
import atexit, sys, threading
from live_seg.cli import main, start
from live_seg.config.tree import Engine
from live_seg.engines.overheard import Overheard
from live_seg.fused.builder import Builder

def build(*_):
    with Overheard():
        begun.set()
        threading.Event().wait()

def run():
    Builder(["cpu"], Engine(), make=build).session("a picture")
    begun.wait()
    print("live-seg: the camera is gone", file=sys.stderr)
    return 3

begun = threading.Event()
atexit.register(lambda: print("Python ends around it"))
main.main = run
sys.exit(start.main())
"""


def test_the_end_does_not_wait_for_a_graph_that_is_being_built_and_does_not_pull_python_from_under_it() -> None:
    """TensorRT takes minutes; Python's end would abort the process in the midst of the runtime."""
    done = subprocess.run([sys.executable, "-c", BUILDING], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (3, "", "live-seg: the camera is gone\n")
