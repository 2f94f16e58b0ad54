"""Many pictures at a time: how many are in memory, and what Ctrl-C leaves undone."""

from __future__ import annotations

import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
from made_photos import folder_of

from live_seg.photo import Cutter, Limits, Photo, batch, read_photo, work
from live_seg.photo.batch import run_here
from live_seg.photo.plan import plan
from live_seg.photo.task import Job, Outcome, Task


@pytest.mark.parametrize("pixels", [0, 60_000_000], ids=["small", "one at a time"])
def test_after_ctrl_c_no_further_picture_is_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pixels: int) -> None:
    begun: list[Job] = []
    is_over, lock = threading.Event(), threading.Lock()

    class Over(threading.Event):
        def set(self) -> None:
            super().set()
            is_over.set()

    def worked(job: Job, task: Task, cutter: Cutter) -> Outcome:
        with lock:
            begun.append(job)
            is_first = len(begun) == 1
        if not is_first:
            is_over.wait(30)
        return Outcome(str(job.source), str(job.target), "done")

    def interrupted(outcome: Outcome) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(batch, "threading", SimpleNamespace(Event=Over, Condition=threading.Condition))
    monkeypatch.setattr(batch, "work", worked)
    monkeypatch.setattr(batch, "_cores", lambda: 2)
    monkeypatch.setattr(batch, "_pixels", lambda job, task: pixels)
    jobs = plan([folder_of(tmp_path / "in", 9)], tmp_path / "out", ".png")
    with pytest.raises(KeyboardInterrupt):
        run_here(jobs, Task(engine="fixed"), interrupted)
    assert len(begun) <= (2 if pixels else 3)


def test_a_picture_counts_as_many_pixels_as_it_has_and_one_that_is_not_there_none(tmp_path: Path) -> None:
    jobs = plan([folder_of(tmp_path / "in", 1)], tmp_path / "out", ".png")
    assert batch._pixels(jobs[0], Task()) == 64 * 48
    jobs[0].source.unlink()
    assert batch._pixels(jobs[0], Task()) == 0


def test_a_picture_for_which_there_is_no_memory_fails_and_the_others_are_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = plan([folder_of(tmp_path / "in", 3)], tmp_path / "out", ".png")

    def read(source: Path, limits: Limits) -> Photo:
        if source == jobs[1].source:
            raise MemoryError
        return read_photo(source, limits)

    monkeypatch.setattr(work, "read_photo", read)
    outcomes: list[Outcome] = []
    run_here(jobs, Task(engine="fixed"), outcomes.append)
    assert sorted(outcome.status for outcome in outcomes) == ["done", "done", "failed"]
    assert [job.target.is_file() for job in jobs] == [True, False, True]
    assert any("there is not enough memory" in outcome.error for outcome in outcomes)
