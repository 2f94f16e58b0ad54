from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("segmentation_models_pytorch")

from live_seg.errors import UsageError
from live_seg.evaluation.split_file import find_data
from live_seg.exporting import export as export_module
from live_seg.exporting.export import export
from live_seg.exporting.gate import ExportRefused
from live_seg.exporting.registry_file import REGISTRY, rendered
from live_seg.models import Model
from live_seg.models.store import checksum, read_rows

pytestmark = pytest.mark.training


def nothing(step: str, done: int, total: int) -> None:
    """Nobody is told."""


def test_writes_both_files_and_rows_that_describe_them(
    plan: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[tuple[str, int, int]] = []
    wanted = plan(logit_gain=1.5, terms="anybody's")

    exported = export(wanted, lambda *step: steps.append(step))

    rows = {row.name: row for row in read_rows(wanted.out)}
    assert sorted(rows) == ["someone-fp16", "someone-int8"]
    assert {file.name for file in wanted.out.iterdir()} == {"someone-fp16.onnx", "someone-int8.onnx", "registry.toml"}
    for row in rows.values():
        assert (row.bytes, row.sha256) == (row.file.stat().st_size, checksum(row.file))
        assert (row.logit_gain, row.terms) == (1.5, "anybody's")
        assert row.quality[0].iou > 0.8
    assert set(exported.rows) == set(rows.values())
    assert exported.parity < 1e-3
    assert all(any(done == total for name, done, total in steps if name == step) for step, _, _ in steps)

    monkeypatch.setattr(export_module, "to_int8", lambda model, *_: model)  # it is made once; this is about the rows
    again = export(plan(logit_gain=None, terms="mine"), nothing)
    assert {(row.logit_gain, row.terms) for row in again.rows} == {(1.5, "mine")}, "what is not given is kept"
    assert len(read_rows(wanted.out)) == 2, "rows are replaced, not added"


def test_a_row_with_a_gain_of_its_own_is_measured_with_it(plan: Callable[..., Any]) -> None:
    wanted = plan(precisions=("fp16",))
    wanted.out.mkdir()
    row = Model(name="someone-fp16", file=Path("someone-fp16.onnx"), precision="fp16", logit_gain=0.3)
    (wanted.out / REGISTRY).write_bytes(rendered([row]))
    exported = export(wanted, nothing)
    assert exported.rows[0].logit_gain == 0.3
    assert exported.rows[0].quality[0].mad > exported.reference.mad + 0.01, "it hesitates more than without"


def test_an_int8_file_ruined_by_its_calibration_is_refused_and_nothing_is_left(
    plan: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    true_inputs = export_module.inputs
    # Calibrated on almost black pictures, all ranges are too narrow, and real ones are cut off.
    monkeypatch.setattr(
        export_module, "inputs", lambda *arguments: [blob * np.float32(0.02) for blob in true_inputs(*arguments)]
    )
    wanted = plan()

    with pytest.raises(ExportRefused, match=r"int8 loses .* IoU points") as refused:
        export(wanted, nothing)

    assert refused.value.cure
    assert not wanted.out.exists()


def test_a_refused_export_leaves_the_present_files_as_they_are(
    plan: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = plan()
    wanted.out.mkdir()
    for name in ("someone-int8.onnx", "other.txt"):
        (wanted.out / name).write_text("present")

    def refuse(*_: Any) -> float:
        raise ExportRefused("no")

    monkeypatch.setattr(export_module, "check_parity", refuse)
    with pytest.raises(ExportRefused):
        export(wanted, nothing)

    assert {file.name: file.read_text() for file in wanted.out.iterdir()} == {
        "someone-int8.onnx": "present",
        "other.txt": "present",
    }


def test_on_a_full_disk_files_and_rows_stay_those_that_fit_each_other(
    plan: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = plan(precisions=("fp16",))
    export(wanted, nothing)
    before = {file.name: file.read_bytes() for file in wanted.out.iterdir()}

    def no_room(real: Callable[..., Any]) -> Callable[..., Any]:
        def write(self: Path, *words: Any, **options: Any) -> Any:
            if "registry" in self.name:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return real(self, *words, **options)

        return write

    for name in ("write_text", "write_bytes"):
        monkeypatch.setattr(Path, name, no_room(getattr(Path, name)))

    with pytest.raises(UsageError, match="cannot be written: No space"):
        export(plan(precisions=("fp16",), logit_gain=1.5, terms="others"), nothing)

    assert {file.name: file.read_bytes() for file in wanted.out.iterdir()} == before


def test_where_nobody_is_int8_is_not_compared(plan: Callable[..., Any], tmp_path: Path) -> None:
    for part, level in (("images", 120), ("masks", 0)):
        (tmp_path / part).mkdir()
        cv2.imwrite(str(tmp_path / part / "room-1.png"), np.full((64, 96, 3), level, np.uint8))
    with pytest.raises(UsageError, match="room-1 is empty"):
        export(plan(validate=find_data(tmp_path)), nothing)


def test_without_pictures_it_does_not_start(plan: Callable[..., Any]) -> None:
    with pytest.raises(UsageError, match="no picture"):
        export(plan(validate=[]), nothing)


@pytest.mark.parametrize("content", [b"", b"no checkpoint at all"])
def test_a_checkpoint_that_is_none_is_named(plan: Callable[..., Any], tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "bad.pt"
    file.write_bytes(content)
    with pytest.raises(UsageError, match=r"bad\.pt"):
        export(plan(checkpoint=file), nothing)


def test_a_model_file_that_is_missing_is_not_called_broken(plan: Callable[..., Any], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.onnx cannot be read: No such file"):
        export(plan(checkpoint=tmp_path / "none.onnx"), nothing)


def test_one_precision_alone_leaves_the_other_as_it_is(
    plan: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_module, "to_int8", lambda model, *_: pytest.fail("int8 was not wanted"))
    wanted = plan(precisions=("fp16",))
    assert [row.name for row in export(wanted, nothing).rows] == ["someone-fp16"]
    assert {file.name for file in wanted.out.iterdir()} == {"someone-fp16.onnx", "registry.toml"}
