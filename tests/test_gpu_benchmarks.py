"""What is to be run on a GPU one day runs on the CPU now, at its smallest."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[1] / "benchmarks" / "gpu"


@pytest.mark.parametrize(("name", "part"), [("network", "rows"), ("floors", "fp16_gflop_s"), ("fused", "rows")])
def test_the_script_runs_and_writes_its_part(name: str, part: str, tmp_path: Path) -> None:
    options = ["--device", "cpu", "--tiny", "--seconds", "0.01", "--out", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, SCRIPTS / f"{name}.py", *options], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    result = json.loads((tmp_path / "cpu-trial-tiny-gpu.json").read_text())
    assert result["cpu"][name][part]
    assert result["device"]["name"] == "cpu-trial"


def test_without_a_gpu_the_reason_is_said_and_nothing_is_written(tmp_path: Path) -> None:
    command = [sys.executable, SCRIPTS / "network.py", "--device", "cuda", "--tiny", "--out", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={"CUDA_VISIBLE_DEVICES": "-1"})
    assert done.returncode != 0
    assert not list(tmp_path.iterdir())
