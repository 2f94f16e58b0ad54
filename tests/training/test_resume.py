from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
import torch
from small_run import config

from live_seg.cli.main import main
from live_seg.training.config import TrainConfig
from live_seg.training.experiment import STATE, WEIGHTS, read_rows, save
from live_seg.training.networks import build_network
from live_seg.training.reporter import Silent
from live_seg.training.run import train

pytestmark = [
    pytest.mark.training,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning"),
]


class Killed(Exception):
    """What a power cut would be."""


class DiesAt(Silent):
    def __init__(self, step: int) -> None:
        self._step = step

    def stepped(self, step: int, row: Mapping[str, float]) -> None:
        if step == self._step:
            raise Killed


@pytest.mark.parametrize(("step", "optimiser"), [(3, "adamw"), (5, "adamw"), (3, "muon")])
def test_a_resumed_run_equals_one_that_was_never_interrupted(
    portraits: Path, tmp_path: Path, step: int, optimiser: str
) -> None:
    by = {"optimiser": optimiser}
    whole = train(config(portraits, tmp_path / "whole", train=by))
    with pytest.raises(Killed):
        train(config(portraits, tmp_path / "cut", train=by), DiesAt(step))
    cut = tmp_path / "cut" / "exp1"
    assert not (cut / "metrics.json").exists()
    train(config(portraits, tmp_path / "cut", train=by), resume=cut)
    for file in (WEIGHTS, STATE):
        expected, found = (torch.load(folder / file, weights_only=True) for folder in (whole, cut))
        states = [("ema", "ema")] if file == WEIGHTS else [("network", "network"), ("average", "average")]
        for name, _ in states:
            assert all(torch.allclose(one, found[name][key], atol=1e-6) for key, one in expected[name].items())
    losses = [[row["loss"] for row in read_rows(folder)] for folder in (whole, cut)]
    assert losses[0] == pytest.approx(losses[1], rel=1e-4) and len(losses[0]) == 6


def test_a_run_that_had_stopped_early_is_only_finished(portraits: Path, tmp_path: Path) -> None:
    frozen = {"steps": 8, "learning_rate": 1e-12, "validate_every": 1, "patience": 2, "average": 0.0, "batch": 2}
    folder = train(config(portraits, tmp_path, train=frozen))
    rows = read_rows(folder)
    (folder / "metrics.json").unlink()
    train(TrainConfig(), resume=folder)
    assert (folder / "metrics.json").exists() and read_rows(folder) == rows


def test_going_on_needs_nothing_of_what_the_run_began_with(
    portraits: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    start = tmp_path / "start.pt"
    torch.save(build_network(config(portraits, tmp_path).network)[0].state_dict(), start)
    begun = config(portraits, tmp_path, network={"start": str(start)})
    with pytest.raises(Killed):
        train(begun, DiesAt(3))
    start.unlink()
    folder = tmp_path / "exp1"
    assert train(begun, resume=folder) == folder and (folder / "metrics.json").exists()
    assert main(["train", "--resume", str(folder), "--set", "train.steps=9"]) == 2
    assert "goes on as the run was configured" in capsys.readouterr().err


@pytest.mark.parametrize("content", [b"", b"no state", "of another version"])
def test_a_state_that_cannot_be_used_is_said_in_one_line(
    portraits: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | str
) -> None:
    with pytest.raises(Killed):
        train(config(portraits, tmp_path), DiesAt(3))
    state = tmp_path / "exp1" / STATE
    if isinstance(content, bytes):
        state.write_bytes(content)
    else:
        save({"step": 2, "network": {}, "optimiser": {}}, state)
    assert main(["train", "--resume", str(tmp_path / "exp1")]) == 2
    said = capsys.readouterr().err
    assert "nothing to go on from" in said and "Start anew: live-seg train" in said and "Traceback" not in said


def test_a_state_is_replaced_whole(tmp_path: Path) -> None:
    file = tmp_path / STATE
    save({"step": 1}, file)
    with pytest.raises(Exception):  # noqa: B017
        save({"step": lambda: None}, file)  # cannot be written
    assert torch.load(file, weights_only=True) == {"step": 1}
