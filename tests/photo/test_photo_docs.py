"""The examples of docs/photos.md run as they stand there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_photos import content, photo

import live_seg
from live_seg.config import build
from live_seg.photo import Cutter
from live_seg.photo import cutout as module

PAGE = (Path(__file__).parents[2] / "docs" / "photos.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture(autouse=True)
def a_folder_with_a_photo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "me.jpg").write_bytes(content(photo(0, 320, 240), "JPEG"))
    monkeypatch.setattr(module, "Cutter", lambda model: Cutter(model, engine="fixed"))
    monkeypatch.setattr(module, "_kept", {})
    monkeypatch.setattr("live_seg.photo.Cutter", lambda: Cutter(engine="fixed"))
    demo = build({"engine": {"name": "fixed"}, "source": {"camera": "demo", "size": "320x180"}})
    monkeypatch.setattr("live_seg.config.Config", lambda: demo)
    return tmp_path


def after(number: int) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(compile(BLOCKS[number], "docs/photos.md", "exec"), names)
    return names


def test_the_page_has_the_examples_that_are_tested_here() -> None:
    assert len(BLOCKS) == 4


def test_arrays_and_paths(tmp_path: Path) -> None:
    names = after(0)
    assert names["cut"].shape == (240, 320, 4)
    assert names["green"].shape == (240, 320, 3)
    assert (tmp_path / "me-cutout.png").is_file()


def test_pillow_pictures(tmp_path: Path) -> None:
    assert after(1)["portrait"].size == (320, 240)
    assert (tmp_path / "portrait.jpg").is_file()


def test_many_pictures_with_one_network(tmp_path: Path) -> None:
    after(2)
    assert (tmp_path / "me.png").is_file()


def test_frames_of_a_source() -> None:
    names = after(3)
    assert names["frame"].index == 2
    assert isinstance(names["matte"], live_seg.Matte)
    assert names["matte"].alpha.shape == (180, 320)
    assert names["matte"].alpha.dtype == np.uint8
