"""The line in each result: the same again only for the same picture, request and network."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from made_photos import content, photo

from live_seg.photo import Request
from live_seg.photo.task import Job, Task, mark_of


@pytest.fixture
def job(tmp_path: Path) -> Job:
    source = tmp_path / "a.jpg"
    source.write_bytes(content(photo(), "JPEG"))
    return Job(source, tmp_path / "out" / "a.png", tmp_path / "out")


@pytest.mark.parametrize(
    "other",
    [
        Task(Request("blur")),
        Task(Request("blur", blur_px=30)),
        Task(Request("#00b140")),
        Task(Request(crop=True)),
        Task(Request(matte=True)),
        Task(model="pets"),
    ],
    ids=["blur", "stronger blur", "colour", "crop", "matte", "model"],
)
def test_another_wish_has_another_mark(job: Job, other: Task) -> None:
    assert mark_of(job, other) not in {mark_of(job, Task()), mark_of(job, Task(Request("blur", blur_px=8)))}
    assert mark_of(job, other) == mark_of(job, replace(other))


def test_a_picture_that_was_saved_again_has_another_mark_also_at_the_same_length(job: Job) -> None:
    before = mark_of(job, Task())
    state = job.source.stat()
    os.utime(job.source, ns=(state.st_atime_ns, state.st_mtime_ns + 1_000_000_000))
    assert mark_of(job, Task()) != before


def test_another_picture_of_the_same_name_length_and_time_has_another_mark(job: Job, tmp_path: Path) -> None:
    job = replace(job, source=tmp_path / "a.bmp")
    marks = set()
    for seed in (1, 2):
        job.source.write_bytes(content(photo(seed), "BMP"))
        os.utime(job.source, (0, 0))
        marks.add(mark_of(job, Task()))
    assert len(marks) == 2


def test_a_folder_that_was_moved_has_the_same_marks(job: Job, tmp_path: Path) -> None:
    before = mark_of(job, Task())
    moved = job.source.rename(tmp_path / "elsewhere.jpg")
    assert mark_of(replace(job, source=moved), Task()) == before


def test_another_picture_behind_under_the_same_name_has_another_mark(job: Job, tmp_path: Path) -> None:
    beach = tmp_path / "beach.png"
    task = Task(Request(str(beach)))
    beach.write_bytes(content(photo(1)))
    before = mark_of(job, task)
    beach.write_bytes(content(photo(2, 30, 30)))
    assert mark_of(job, task) != before


def test_another_kind_of_file_has_another_mark(job: Job) -> None:
    assert mark_of(replace(job, target=job.target.with_suffix(".webp")), Task()) != mark_of(job, Task())


def test_threads_engine_and_limits_do_not_count(job: Job) -> None:
    assert mark_of(job, Task(engine="cpu", threads=2)) == mark_of(job, Task())
