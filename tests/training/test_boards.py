from __future__ import annotations

import logging
from pathlib import Path

import pytest
from small_run import config

from live_seg.training.boards import Boards

pytestmark = pytest.mark.training


def test_what_was_drawn_up_to_the_state_that_a_run_goes_on_from_stays(tmp_path: Path) -> None:
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    logging.getLogger("tensorboard").setLevel(logging.ERROR)
    run = config(tmp_path, tmp_path, log={"tensorboard": True})
    for start, steps, loss in ((0, (1, 2, 3, 4), 1.0), (2, (3, 4), 2.0)):
        boards = Boards(run, tmp_path, start)
        for step in steps:
            boards.write({"step": step, "loss": loss})
        boards.close()
        (written,) = (tmp_path / "tensorboard").glob("events.*")
        written.rename(tmp_path / f"events.out.tfevents.{start}")
    events = accumulator.EventAccumulator(str(tmp_path))
    events.Reload()
    assert [(one.step, one.value) for one in events.Scalars("loss")] == [(1, 1.0), (2, 1.0), (3, 2.0), (4, 2.0)]
