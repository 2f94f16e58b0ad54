"""A privacy app reports to nobody: the runtimes' own reports are off before they are loaded."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import os, sys
from live_seg.cli.main import main
code = main(["--camera", "synthetic", "--size", "64x48", "--no-window", "--frames", "1", "--engine", sys.argv[1]])
assert os.environ.get("ORT_DISABLE_TELEMETRY") == "1" or "onnxruntime" not in sys.modules
assert sys.modules.get("openvino_telemetry") is None
sys.exit(code)
"""


def test_neither_runtime_can_report() -> None:
    for engine in ("cpu", "openvino"):
        run = subprocess.run([sys.executable, "-c", PROGRAM, engine], capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stderr
