"""The command as a process of its own, and words with which it runs quickly."""

from __future__ import annotations

import subprocess
import sys

QUICK = ["--no-window", "--engine", "fixed", "--frames", "3", "--size", "320x180"]


def run_live_seg(*words: str, **options: object) -> subprocess.CompletedProcess[str]:
    """Runs `live-seg WORDS`; what it printed and its exit code."""
    command = [sys.executable, "-m", "live_seg", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, **options)  # type: ignore[call-overload, no-any-return]
