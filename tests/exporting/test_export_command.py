from __future__ import annotations

import importlib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from live_seg.cli import export
from live_seg.cli.main import main


def test_without_the_extra_the_install_line_is_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    true_import = importlib.import_module

    def without_torch(name: str, package: str | None = None) -> Any:
        if name == "torch":
            raise ImportError("No module named 'torch'")
        return true_import(name, package)

    monkeypatch.setattr(importlib, "import_module", without_torch)
    assert main(["export", "a.pt", "--calibrate", "x", "--validate", "y"]) == 2
    assert 'pip install "live-seg[train]"' in capsys.readouterr().err


@pytest.mark.parametrize(
    "words", [["--area-px", "5"], ["--logit-gain", "0"], ["--logit-gain", "nan"], ["--areapx", "9"]]
)
def test_a_wrong_option_is_named(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "a.pt", "--calibrate", "x", "--validate", "y", *words]) == 2
    assert words[0] in capsys.readouterr().err


def test_folders_of_this_machine_stay_out_of_the_rows() -> None:
    assert export.short(Path("/home/somebody/data/people/val")) == "people/val"
    assert export.short(Path("data/people/val")) == "data/people/val"


@pytest.mark.parametrize("known", [True, False])
def test_files_that_the_app_does_not_look_for_say_how_they_are_found(
    known: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("torch")
    exported = SimpleNamespace(parity=0.0, reference=SimpleNamespace(iou=0.9, mad=0.1), rows=[], lost_points={})
    monkeypatch.setattr("live_seg.exporting.export.export", lambda *_: exported)
    for find in ("find_data", "find_pictures"):
        monkeypatch.setattr(f"live_seg.evaluation.split_file.{find}", lambda *_, **__: [])
    out = tmp_path / "weights"
    out.mkdir()
    (out / "registry.toml").touch()
    if known:
        monkeypatch.setenv("LIVE_SEG_WEIGHTS", str(out))
    words = ["--calibrate", "x", "--validate", "y", "--out", str(out)]
    assert main(["export", "a.pt", *words]) == 0
    assert (f"LIVE_SEG_WEIGHTS is {out}" in capsys.readouterr().out) is not known
