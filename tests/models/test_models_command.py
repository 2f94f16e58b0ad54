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


def test_what_people_write_of_a_model_is_shown_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "registry.toml").write_text(
        '[[model]]\nname = "mine"\nfile = "mine.onnx"\nprecision = "fp32"\n'
        'description = "of [val]\\u001b[2J"\ntraining_data = "[/mine]"\nterms = "[ours]"\n'
    )
    monkeypatch.setenv("LIVE_SEG_WEIGHTS", str(tmp_path))
    assert main(["models"]) == 1
    shown = capsys.readouterr().out
    assert "mine: of [val]\\x1b[2J" in shown and "trained on: [/mine]" in shown and "terms: [ours]" in shown


@pytest.mark.parametrize(
    "content", [None, b"", b'[[model]]\nterms = "\xfcbrig"'], ids=["no registry", "one without a row", "no UTF-8"]
)
def test_a_folder_that_was_named_and_has_no_models_is_said_and_no_other_is_taken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / "registry.toml").write_bytes(content)
    monkeypatch.setenv("LIVE_SEG_WEIGHTS", str(tmp_path))
    assert main(["bench", "--size", "160x90"]) == 4
    assert str(tmp_path) in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("stride = 0", "mine: Expected `int` >= 1 - at `$.stride`"),
        ("area_px = 0", "mine: Expected `int` >= 1 - at `$.area_px`"),
        ("std = [0, 0, 0]", "mine: Expected `float` > 0.0 - at `$.std[0]`"),
        ("logit_gain = -1", "mine: Expected `float` > 0.0 - at `$.logit_gain`"),
        ("strid = 256", "no key of a model is called 'strid'. Did you mean stride"),
        ('[[model]]\nname = "mine"\nfile = "b.onnx"\nprecision = "int8"', "two models are called 'mine'"),
    ],
)
def test_a_row_that_makes_no_sense_is_refused_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, line: str, said: str
) -> None:
    row = '[[model]]\nname = "mine"\nfile = "a.onnx"\nprecision = "fp32"\n'
    (tmp_path / "registry.toml").write_text(row + line)
    monkeypatch.setenv("LIVE_SEG_WEIGHTS", str(tmp_path))
    assert main(["models"]) == 4
    shown = capsys.readouterr().err
    assert said in shown and shown.count("\n") == 1


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
