"""What is to be run on a GPU one day runs on the CPU now, at its smallest."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPTS = Path(__file__).parents[1] / "benchmarks" / "gpu"
PATH = os.pathsep.join((str(SCRIPTS), os.environ.get("PYTHONPATH", "")))


PARTS = [
    ("correctness", "checks"),
    ("network", "rows"),
    ("floors", "fp16_gflop_s"),
    ("fused", "rows"),
    ("levers", "rows"),
]


@pytest.mark.parametrize(("name", "part"), PARTS)
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


def test_a_network_that_does_not_load_is_named_and_the_others_are_measured(tmp_path: Path) -> None:
    (tmp_path / "mp_selfie_general_256.onnx").write_bytes(b"no network")
    options = ["--device", "cpu", "--tiny", "--peers", str(tmp_path), "--out", str(tmp_path)]
    done = subprocess.run([sys.executable, SCRIPTS / "peers.py", *options], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "mp_selfie_general_256 does not load there: not measured" in done.stdout
    assert json.loads((tmp_path / "cpu-trial-tiny-gpu.json").read_text())["cpu"]["peers"] == {"rows": []}


def test_a_check_that_breaks_off_has_failed_and_leaves_the_others_their_turn() -> None:
    lines = "from correctness import tried; print(tried('division', lambda: {'passed': 1 / 0})['said'])"
    own = os.environ | {"PYTHONPATH": PATH}
    done = subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True, check=False, env=own)
    assert done.stdout.splitlines()[-1] == "ZeroDivisionError: division by zero", done.stderr


def made_up(**parts: object) -> dict[str, Any]:
    """What the scripts write, with figures that nobody measured."""
    device = {"name": "Made Up 9000", "driver": "1.2", "tensorrt": "", "processor": "Made Up", "date": "2026-01-02"}
    return {"device": device | {"versions": {"python": "3.11"}}, "cuda": parts}


def reported(result: dict[str, Any], folder: Path) -> str:
    file = folder / "made-up-gpu.json"
    file.write_text(json.dumps(result))
    command = [sys.executable, SCRIPTS / "report.py", "--file", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return file.with_suffix(".md").read_text()


ROW = {"kind": "ours", "fps": 500.0, "p50_ms": 2.0, "p99_ms": 3.0}
FLOORS = {"there_gb_s": 10.0, "there_dma_gb_s": 20.0, "back_gb_s": 25.0, "fp16_gflop_s": 400_000.0}


def test_the_report_sets_figures_beside_their_floors_and_names_what_is_missing(tmp_path: Path) -> None:
    picture = ROW | {"name": "one graph", "size": "1920x1080", "effect": "blur"}
    picture |= {"there_ms": 0.5, "computing_ms": 1.0, "back_ms": 0.5}
    network = ROW | {"name": "person-fp16", "size": "512x288", "p50_ms": 0.4}
    other = {"name": "rvm", "kind": "peer", "p50_ms": 1.5, "p99_ms": 1.6}
    text = reported(
        made_up(
            correctness={"checks": [{"check": "two sizes", "passed": True}]},
            fused={"rows": [picture]},
            network={"rows": [network]},
            peers={"rows": [other]},
            levers={"rows": [ROW | {"name": "blur", "lever": "channels last", "p50_ms": 1.25}]},
            floors=FLOORS | {"bus_floor_ms 1920x1080": 0.5, "network_floor_ms 512x288": 0.1},
        ),
        tmp_path,
    )
    assert "Made Up 9000, driver 1.2; " in text
    assert "All 1 checks passed." in text
    assert "| 1920x1080, blur | one graph | 500 | 2.00 | 3.00 | 0.50, 1.00, 0.50 | 0.500 | 4.0 |" in text
    assert "| person-fp16 | 512x288 | 0.400 | 3.000 | 0.100 | 4.0 |" in text
    assert "| blur | channels last | 1.250 | 3.000 |" in text
    assert "| rvm |  | 1.500 | 1.600 |  |  |" in text
    assert "fp16: 400.0 TFLOP/s" in text
    assert "Not measured: the same graph by torch." in text


def test_a_check_that_failed_stands_before_every_figure(tmp_path: Path) -> None:
    bad = {"size": "640x360", "effect": "blur", "passed": False}
    text = reported(made_up(correctness={"checks": [bad]}), tmp_path)
    assert "**1 of 1 checks failed, so no figure below counts: blur at 640x360 against OpenCV.**" in text


def test_without_a_measurement_there_is_no_report(tmp_path: Path) -> None:
    command = [sys.executable, SCRIPTS / "report.py", "--device", "cpu", "--out", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.strip().endswith("nothing was measured")
    assert not list(tmp_path.iterdir())
