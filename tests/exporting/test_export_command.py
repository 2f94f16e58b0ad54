from __future__ import annotations

import importlib
from pathlib import Path
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
