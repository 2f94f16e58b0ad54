"""Runs in several processes."""

from __future__ import annotations

import atexit
from collections.abc import Mapping
from pathlib import Path

import pytest
import torch
from small_run import config

from live_seg.errors import UsageError
from live_seg.training.experiment import STATE, read_rows
from live_seg.training.networks import build_network
from live_seg.training.reporter import Silent
from live_seg.training.run import train

pytestmark = [
    pytest.mark.training,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning"),
]


def test_two_processes_equal_one(portraits: Path, tmp_path: Path) -> None:
    twice = {"steps": 3, "batch": 2, "accumulate": 2, "validate_every": 3, "average": 0.0}
    alone = train(config(portraits, tmp_path / "one", train=twice))
    both = config(portraits, tmp_path / "two", train={**twice, "accumulate": 1}, machine={"devices": 2})
    together = train(both)
    one, two = (torch.load(folder / STATE, weights_only=True)["network"] for folder in (alone, together))
    learned = [name for name in one if "running_" not in name and "num_batches" not in name]
    assert max(float((one[name] - two[name]).abs().max()) for name in learned) < 2e-4
    losses = [[row["loss"] for row in read_rows(folder)] for folder in (alone, together)]
    assert losses[0] == pytest.approx(losses[1], rel=1e-4), "the log tells of all chunks, not of the first process's"
    start = build_network(both.network)[0].state_dict()
    assert max(float((one[name] - start[name]).abs().max()) for name in learned) > 1e-3


def test_two_taught_processes_equal_one(teacher: Path, portraits: Path, tmp_path: Path) -> None:
    parts = {
        "teaching": {"model": str(teacher), "tensors": ["eighth"], "least_iou": 0.0},
        "compose": {"natural": 0.5, "held": 0.0, "clutter": 0.0},
    }
    twice = {"steps": 4, "batch": 2, "validate_every": 4, "average": 0.0}
    alone = train(config(portraits, tmp_path / "one", train={**twice, "accumulate": 2}, **parts))
    together = train(config(portraits, tmp_path / "two", train=twice, machine={"devices": 2}, **parts))
    one, two = (torch.load(folder / STATE, weights_only=True) for folder in (alone, together))
    for part in ("network", "lessons"):
        learned = [name for name in one[part] if "running_" not in name and "num_batches" not in name]
        assert max(float((one[part][name] - two[part][name]).abs().max()) for name in learned) < 2e-4


class Noting(Silent):
    """Notes how the first process ends."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def finished(self, metrics: Mapping[str, object]) -> None:
        assert torch.distributed.is_initialized()
        atexit.register(lambda: self._file.write_text(f"in its group: {torch.distributed.is_initialized()}"))


def test_processes_leave_their_group_before_they_end(portraits: Path, tmp_path: Path) -> None:
    end = tmp_path / "end"
    train(config(portraits, tmp_path, train={"steps": 1, "batch": 2}, machine={"devices": 2}), Noting(end))
    assert end.read_text() == "in its group: False", "threads of the group abort a process that shuts down"


def test_what_is_wrong_is_said_in_one_line_by_several_processes_too(portraits: Path, tmp_path: Path) -> None:
    nowhere = config(portraits, tmp_path / "runs", data={"train": ["nowhere"]}, machine={"devices": 2})
    with pytest.raises(UsageError) as error:
        train(nowhere)
    assert str(error.value) == "there is no folder nowhere"
    assert not (tmp_path / "runs").exists(), "no empty run is left"
