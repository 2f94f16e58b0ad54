"""The folder of a run on a disk that is full: files of it end at a limit that the system sets."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

pytest.importorskip("torch")

import torch

from live_seg.cli.main import main
from live_seg.errors import UsageError
from live_seg.training.config import Train, TrainConfig
from live_seg.training.experiment import CONFIG, LOG, append_row, forget_after, read_rows, save, write_config

pytestmark = [
    pytest.mark.training,
    pytest.mark.skipif(sys.platform == "win32", reason="there the system sets no limit to files"),
]


@contextmanager
def full_disk(room: int) -> Iterator[None]:
    """No file can become longer than `room` bytes."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_leaves_the_old_state_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "state.pt"
    save({"step": 1, "w": torch.zeros(4)}, file)
    with full_disk(8192), pytest.raises(UsageError, match=r"state\.pt cannot be written: .+make room"):
        save({"step": 2, "w": torch.ones(10_000)}, file)
    assert torch.load(file)["step"] == 1 and list(tmp_path.iterdir()) == [file]


def test_a_device_is_not_replaced_by_weights(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is a folder"):
        save({"step": 1}, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_on_a_full_disk_a_run_keeps_the_configuration_that_it_goes_on_with(tmp_path: Path) -> None:
    write_config(tmp_path, TrainConfig())
    before = (tmp_path / CONFIG).read_text()
    with full_disk(100), pytest.raises(UsageError, match=r"config\.toml cannot be written"):
        write_config(tmp_path, TrainConfig(train=Train(steps=7)))
    assert (tmp_path / CONFIG).read_text() == before and list(tmp_path.iterdir()) == [tmp_path / CONFIG]


def test_the_average_on_a_full_disk_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a.pt", "b.pt"):
        torch.save({"ema": {"w": torch.ones(10_000)}}, tmp_path / name)
    words = ["average", *(str(tmp_path / name) for name in ("a.pt", "b.pt")), "--out", str(tmp_path / "new" / "c.pt")]
    with full_disk(8192):
        assert main(words) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "c.pt cannot be written: " in said
    assert list((tmp_path / "new").iterdir()) == []
    assert main(words) == 0 and list((tmp_path / "new").iterdir()) == [tmp_path / "new" / "c.pt"]


def test_a_log_that_a_full_disk_cut_short_goes_on(tmp_path: Path) -> None:
    append_row(tmp_path, {"step": 1, "loss": 0.5})
    size = (tmp_path / LOG).stat().st_size
    with full_disk(size + 3), pytest.raises(UsageError, match=r"log\.csv cannot be written: .+--resume"):
        append_row(tmp_path, {"step": 1234, "loss": 0.25})
    assert (tmp_path / LOG).read_text().endswith("\n123"), "the row was begun"
    assert read_rows(tmp_path) == [{"step": 1, "loss": 0.5}]
    forget_after(tmp_path, 1)
    append_row(tmp_path, {"step": 2, "loss": 0.25, "val_iou": 0.75})
    assert read_rows(tmp_path) == [{"step": 1, "loss": 0.5}, {"step": 2, "loss": 0.25, "val_iou": 0.75}]


def test_rows_after_a_state_are_dropped_and_the_log_is_never_half_written(tmp_path: Path) -> None:
    for step in range(1, 400):
        append_row(tmp_path, {"step": step, "loss": 1 / step})
    before = (tmp_path / LOG).read_bytes()
    with full_disk(1000), pytest.raises(UsageError, match="cannot be written"):
        forget_after(tmp_path, 390)
    assert (tmp_path / LOG).read_bytes() == before
    forget_after(tmp_path, 390)
    assert before.startswith((tmp_path / LOG).read_bytes()) and read_rows(tmp_path)[-1]["step"] == 390
    forget_after(tmp_path, 0)
    assert not (tmp_path / LOG).exists()
