"""A run over what was done before, was cut short, or is under way."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from made_photos import content, folder_of, photo, run
from photo_runs import files_in, opened, photo_command

from live_seg.photo import Limits, Photo, read_photo, work
from live_seg.photo.output import held, mark_in


def test_a_tree_is_mirrored_and_a_second_run_does_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tree, out = folder_of(tmp_path / "in", 7), tmp_path / "out"
    assert photo_command(tree, "-o", out) == 0
    assert files_in(out) == [name.replace(".jpg", ".png") for name in files_in(tree)]
    before = {file: file.stat().st_mtime_ns for file in out.rglob("*.png")}
    capsys.readouterr()
    assert photo_command(tree, "-o", out) == 0
    assert "7 pictures: 7 done before" in capsys.readouterr().err
    assert {file: file.stat().st_mtime_ns for file in out.rglob("*.png")} == before


def test_what_changed_or_is_wanted_otherwise_is_made_anew(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tree, out = folder_of(tmp_path / "in", 4), tmp_path / "out"
    assert photo_command(tree, "-o", out) == 0
    (tree / "day 0/000.jpg").write_bytes(content(photo(99), "JPEG"))
    assert photo_command(tree, "-o", out) == 0
    assert photo_command(tree, "-o", out, "--crop") == 0
    assert photo_command(tree, "-o", out, "--crop", "--again") == 0
    told = [line for line in capsys.readouterr().err.splitlines() if " pictures: " in line]
    assert [line.split(": ", 2)[2] for line in told] == ["4 done", "1 done, 3 done before", "4 done", "4 done"]


def test_a_picture_that_was_saved_again_while_it_was_read_is_made_by_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tree, out = folder_of(tmp_path / "in", 1), tmp_path / "out"

    def read_and_saved(source: Path, limits: Limits) -> Photo:
        read = read_photo(source, limits)
        source.write_bytes(content(photo(99), "JPEG"))
        return read

    with monkeypatch.context() as patch:
        patch.setattr(work, "read_photo", read_and_saved)
        assert photo_command(tree, "-o", out) == 0
    capsys.readouterr()
    assert photo_command(tree, "-o", out, "--json") == 0
    assert [one["status"] for one in json.loads(capsys.readouterr().out)] == ["done"]


KILL = """
import os, signal
from live_seg.photo import output, work
from pathlib import Path
count = 0
def replace(self, target, plain=Path.replace):
    global count
    count += 1
    if count > 5:
        os.kill(os.getpid(), signal.SIGKILL)
    return plain(self, target)
Path.replace = replace
"""


def test_a_killed_run_goes_on_where_it_was(tmp_path: Path) -> None:
    tree, out = folder_of(tmp_path / "in", 12), tmp_path / "out"
    assert run(tree, "-o", out, code=KILL).returncode == -9
    cut_short = files_in(out)
    assert len([name for name in cut_short if name.endswith(".png")]) == 5
    assert any(name.endswith(".part") for name in cut_short)
    done = run(tree, "-o", out, "--json")
    assert done.returncode == 0, done.stderr
    states = [one["status"] for one in json.loads(done.stdout)]
    assert (states.count("skipped"), states.count("done")) == (5, 7)
    assert files_in(out) == [name.replace(".jpg", ".png") for name in files_in(tree)]
    assert all(opened(file).mode == "RGBA" for file in out.rglob("*.png"))


def test_two_runs_do_not_write_into_one_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tree = folder_of(tmp_path / "in", 2)
    with held(tmp_path / "out"):
        assert photo_command(tree, "-o", tmp_path / "out") == 5
    assert "another run writes into" in capsys.readouterr().err


def test_a_mark_says_by_what_a_file_was_made(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(content(photo(), "JPEG"))
    for suffix in ("png", "webp", "jpg"):
        assert photo_command(tmp_path / "a.jpg", "-o", tmp_path / f"b.{suffix}", "--blur") == 0
        assert (mark_in(tmp_path / f"b.{suffix}") or "").startswith("live-seg 0.")
    assert mark_in(tmp_path / "a.jpg") == ""
    assert mark_in(tmp_path / "nowhere.jpg") is None
