"""What a signal leaves of a training and of an export: nothing but what is whole."""

from __future__ import annotations

import multiprocessing
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from small_run import OURS, config
from torch.multiprocessing.spawn import ProcessExitedException

from live_seg.cli.main import main
from live_seg.config import render
from live_seg.errors import LiveSegError
from live_seg.models import find_model
from live_seg.training import run as run_module
from live_seg.training.experiment import STATE

pytestmark = [
    pytest.mark.training,
    pytest.mark.skipif(sys.platform == "win32", reason="SIGTERM ends a process of Windows at once"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning"),
]


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Folder of temporary files; SIGTERM comes while the graph is made in one of them."""

    def ended(*_: object, **__: object) -> None:
        assert list(folder.iterdir())
        signal.raise_signal(signal.SIGTERM)

    def at_once(number: int, frame: object) -> None:
        raise AssertionError("the signal would have ended the process at once")

    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setattr(torch.onnx, "export", ended)
    before = signal.signal(signal.SIGTERM, at_once)
    yield folder
    signal.signal(signal.SIGTERM, before)


def test_an_export_that_is_ended_leaves_nothing(portraits: Path, tmp_path: Path, temporary: Path) -> None:
    words = ["export", str(find_model("person-fp16").file), "--out", str(tmp_path / "weights")]
    with pytest.raises(SystemExit) as end:
        main([*words, "--calibrate", str(portraits), "--validate", str(portraits)])
    assert end.value.code == 128 + signal.SIGTERM
    assert not list(temporary.iterdir()) and not (tmp_path / "weights").exists()


def test_a_training_that_is_ended_at_its_end_leaves_what_can_go_on(
    portraits: Path, tmp_path: Path, temporary: Path
) -> None:
    file = tmp_path / "run.toml"
    run = config(portraits, tmp_path / "runs", network=OURS, train={"steps": 1, "batch": 2}, log={"onnx": True})
    file.write_text(render(run, "# Seconds."))
    with pytest.raises(SystemExit) as end:
        main(["train", str(file)])
    assert end.value.code == 128 + signal.SIGTERM
    assert not list(temporary.iterdir())
    folder = tmp_path / "runs" / "exp1"
    assert (folder / STATE).is_file() and not [one for one in folder.iterdir() if one.name.startswith(".")]


def test_the_processes_of_a_run_end_with_it() -> None:
    """The program waits for them at its end: without a signal of their own they would go on for hours."""
    process = multiprocessing.get_context("spawn").Process(target=time.sleep, args=(600,))

    class Fabric:
        def launch(self, function: object) -> Any:
            process.start()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_module._in_processes(Fabric(), lambda _: None)  # type: ignore[arg-type]
    process.join(20)
    try:
        assert not process.is_alive()
    finally:
        process.kill()


def test_a_process_that_is_ended_from_outside_is_no_defect_of_ours() -> None:
    class Fabric:
        def launch(self, function: object) -> Any:
            raise ProcessExitedException("process 1 terminated", 1, 4211, -9, "SIGKILL")

    with pytest.raises(LiveSegError, match=r"ended from outside \(SIGKILL\)\. .*--resume"):
        run_module._in_processes(Fabric(), lambda _: None)  # type: ignore[arg-type]
