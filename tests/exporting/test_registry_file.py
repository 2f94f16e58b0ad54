from __future__ import annotations

from pathlib import Path

import pytest

from live_seg.errors import EngineError
from live_seg.exporting.registry_file import REGISTRY, rendered, updated
from live_seg.models import Model, Quality
from live_seg.models.store import read_rows


def row(folder: Path, name: str, **values: object) -> Model:
    quality = Quality('val, "hard" part', 0.9, 0.03, "live-seg export a.pt", "2026-01-31")
    known = {"sha256": "0" * 64, "bytes": 5, "logit_gain": 1.5, "terms": "two\nlines, ünïcode", "quality": (quality,)}
    return Model(name=name, file=folder / f"{name}.onnx", precision="int8", **known | values)  # type: ignore[arg-type]


def test_rows_come_back_as_they_were_written(tmp_path: Path) -> None:
    rows = (row(tmp_path, "one"), row(tmp_path, "two", quality=(), area_px=1024))
    (tmp_path / REGISTRY).write_bytes(rendered(rows))
    assert read_rows(tmp_path) == rows


def test_a_row_of_the_same_name_is_replaced_where_it_stands(tmp_path: Path) -> None:
    one, two, three = (row(tmp_path, name) for name in ("one", "two", "three"))
    better = row(tmp_path, "one", bytes=6)
    assert updated([one, two], [three, better]) == [better, two, three]


@pytest.mark.parametrize("text", ["[[model", '[[model]]\nname = "no file"', "[[model]]\nname = 3"])
def test_a_broken_registry_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "registry.toml").write_text(text)
    with pytest.raises(EngineError, match=r"registry\.toml"):
        read_rows(tmp_path)
