from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from live_seg.cli.main import main
from live_seg.cli.models import file_state
from live_seg.models import Model
from live_seg.models.store import checksum


def test_lists_every_model_with_its_terms(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models"]) == 0
    shown = capsys.readouterr().out
    assert all(word in shown for word in ("person-int8", "person-fp16", "ok", "256x160", "288x160", "terms:"))


def test_json_is_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {row["state"] for row in rows} == {"ok"}
    assert {"name", "sha256", "bytes", "precision", "terms", "quality", "logit_gain"} <= set(rows[0])


def test_a_file_is_whole_missing_or_changed(tmp_path: Path) -> None:
    file = tmp_path / "a.onnx"
    file.write_bytes(b"network")
    row = Model(name="a", file=file, precision="int8", bytes=7, sha256=checksum(file))
    assert file_state(row) == "ok"
    file.write_bytes(b"NETWORK")
    assert file_state(row) == "changed"
    file.write_bytes(b"net")
    assert file_state(row) == "changed"
    file.unlink()
    assert file_state(row) == "missing"


def test_needs_no_torch() -> None:
    code = (
        "import sys; from live_seg.cli.main import main; main(['models']);"
        "sys.exit(bool({'torch', 'onnx', 'segmentation_models_pytorch'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0
