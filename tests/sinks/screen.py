"""A screen that nobody sees: Xvfb, for tests of the real window."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

needs_screen = pytest.mark.skipif(
    not (shutil.which("Xvfb") and shutil.which("xdotool") and shutil.which("ffmpeg")),
    reason="needs Xvfb, xdotool and ffmpeg (Debian's packages of these names)",
)


@contextmanager
def screen() -> Iterator[str]:
    """Starts Xvfb on a free display; gives its name."""
    read, write = os.pipe()
    # -noreset: else it begins anew, and refuses who comes meanwhile, whenever the only program that was there leaves.
    command = ["Xvfb", "-noreset", "-displayfd", str(write), "-screen", "0", "1000x700x24"]
    server = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    try:
        with os.fdopen(read) as answer:
            yield f":{int(answer.readline())}"
    finally:
        server.terminate()
        server.wait()
