"""`live-seg photo`: every picture once, whatever else is in the folder and whatever happens on the way."""

from __future__ import annotations

import io
import json
import os
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from made_photos import content, folder_of, hostile, odd, photo, run
from PIL import Image as Pillow

from live_seg.cli.main import main
from live_seg.photo.batch import _Budget
from live_seg.photo.output import held, mark_in

FIXED = ["--engine", "fixed"]


def photo_command(*words: object) -> int:
    return main(["photo", *map(str, words), *FIXED])


def files_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir())


def opened(file: Path) -> Pillow.Image:
    with Pillow.open(file) as picture:
        picture.load()
    return picture


def test_one_picture_becomes_the_file_that_was_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "me.jpg"
    source.write_bytes(content(photo(), "JPEG"))
    assert photo_command(source, "-o", tmp_path / "cut.webp") == 0
    assert opened(tmp_path / "cut.webp").mode == "RGBA"
    assert files_in(tmp_path) == ["cut.webp", "me.jpg"]
    assert "no network (fixed)" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "mode"),
    [
        ([], "RGBA"),
        (["--background", "#00b140"], "RGB"),
        (["--blur"], "RGB"),
        (["--blur", "30"], "RGB"),
        (["--matte"], "L"),
        (["--crop"], "RGBA"),
    ],
    ids=" ".join,
)
def test_each_kind_of_result(tmp_path: Path, words: list[str], mode: str) -> None:
    source = tmp_path / "me.png"
    source.write_bytes(content(photo(0, 640, 480)))
    assert photo_command(source, "-o", tmp_path / "out", *words) == 0
    made = opened(tmp_path / "out/me.png")
    assert made.mode == mode
    assert (made.width < 640) == ("--crop" in words)


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


def test_hostile_files_are_a_line_each_and_nothing_else_is_lost(tmp_path: Path) -> None:
    tree = folder_of(tmp_path / "in", 3)
    bad, good = hostile(tree / "bad"), odd(tree / "odd")
    done = run(tree, "-o", tmp_path / "out", "--json")
    assert done.returncode == 1
    outcomes = json.loads(done.stdout)
    failed = [one for one in outcomes if one["status"] == "failed"]
    assert sorted(Path(one["source"]).name for one in failed) == sorted(bad)
    assert len([one for one in outcomes if one["status"] == "done"]) == 3 + len(good)
    lines = done.stderr.decode().splitlines()
    assert len([line for line in lines if "bad/" in line]) == len(bad)
    assert all(line.startswith("live-seg: ") and line.isprintable() for line in lines)
    assert len(files_in(tmp_path / "out")) == 3 + len(good)


def test_a_link_out_of_the_output_folder_is_not_followed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tree, out, elsewhere = folder_of(tmp_path / "in", 3), tmp_path / "out", tmp_path / "elsewhere"
    out.mkdir()
    elsewhere.mkdir()
    (out / "day 1").symlink_to(elsewhere)
    (out / "day 2").mkdir()
    (elsewhere / "precious.png").write_bytes(b"precious")
    (elsewhere / ".live-seg-0123456789ab.part").write_bytes(b"of another run")
    (out / "day 2/002.png").symlink_to(elsewhere / "precious.png")
    assert photo_command(tree, "-o", out) == 1
    assert files_in(elsewhere) == [".live-seg-0123456789ab.part", "precious.png"]
    assert (elsewhere / "precious.png").read_bytes() == b"precious"
    error = capsys.readouterr().err
    assert "leads out of" in error
    assert "is not of live-seg" in error
    assert (out / "day 0/000.png").is_file()


def test_a_picture_that_is_not_ours_is_not_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.jpg").write_bytes(content(photo(), "JPEG"))
    mine = content(photo(5))
    (tmp_path / "a.png").write_bytes(mine)
    assert photo_command(tmp_path / "a.jpg", "-o", tmp_path) == 1
    assert "is there and is not of live-seg" in capsys.readouterr().err
    assert (tmp_path / "a.png").read_bytes() == mine


def test_what_is_read_is_never_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "a.png"
    source.write_bytes(content(photo()))
    before = source.read_bytes()
    assert photo_command(source, "-o", source) == 1
    assert photo_command(source, "-o", tmp_path) == 1
    assert photo_command(tmp_path, "-o", tmp_path) == 2
    assert capsys.readouterr().err.count("is what is read") == 3
    assert source.read_bytes() == before


def test_a_missing_picture_is_an_error_at_the_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tree = folder_of(tmp_path / "in", 2)
    assert photo_command(tree, tmp_path / "nowhere.jpg", "-o", tmp_path / "out") == 1
    error = capsys.readouterr().err.splitlines()
    assert "there is no file" in error[-2]
    assert error[-1] == "live-seg: 3 pictures: 2 done, 1 failed"


def test_two_runs_do_not_write_into_one_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tree = folder_of(tmp_path / "in", 2)
    with held(tmp_path / "out"):
        assert photo_command(tree, "-o", tmp_path / "out") == 5
    assert "another run writes into" in capsys.readouterr().err


def test_a_background_that_cannot_be_used_is_said_once_before_anything_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tree = folder_of(tmp_path / "in", 3)
    assert photo_command(tree, "-o", tmp_path / "out", "--background", "nowhere.jpg") == 2
    assert capsys.readouterr().err.count("there is no file nowhere.jpg") == 1
    assert not files_in(tmp_path / "out")


def test_a_full_disk_leaves_nothing_behind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device", str(target))

    tree = folder_of(tmp_path / "in", 2)
    monkeypatch.setattr(Path, "replace", full)
    assert photo_command(tree, "-o", tmp_path / "out") == 1
    said = capsys.readouterr().err
    assert said.count("No space left on device") == 2
    assert f"{tree / 'day 0' / '000.jpg'}: {tmp_path / 'out' / 'day 0' / '000.png'} cannot be written" in said
    assert ".part" not in said
    assert not files_in(tmp_path / "out")


def test_a_single_result_that_cannot_be_written_is_named_by_its_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_bytes(b"")
    picture = folder_of(tmp_path / "in", 1) / "day 0" / "000.jpg"
    assert photo_command(picture, "-o", tmp_path / "file" / "a.png") == 1
    said = capsys.readouterr().err
    assert f"{tmp_path / 'file' / 'a.png'} cannot be written" in said
    assert said.endswith("Choose another place.\n")


def test_from_pipe_to_pipe() -> None:
    done = run("-", "--format", "webp", input=content(photo(0, 320, 240), "JPEG"))
    assert done.returncode == 0, done.stderr
    with Pillow.open(io.BytesIO(done.stdout)) as picture:
        assert (picture.format, picture.mode, picture.size) == ("WEBP", "RGBA", (320, 240))
    broken = run("-", "-o", "-", input=b"no picture")
    assert (broken.returncode, broken.stdout) == (2, b"")
    assert b"the picture is no picture that can be read" in broken.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["a.jpg"], "where the result goes is missing"),
        (["-", "a.jpg", "-o", "out"], "a pipe takes one picture"),
        (["-", "--json"], "a pipe takes one picture"),
        (["a.jpg", "-o", "b.png", "--blur", "--matte"], "not allowed with argument"),
        (["a.jpg", "-o", "b.gif"], ".gif files are not written"),
        (["a.jpg", "-o", "b.jpg"], "a JPEG file holds no transparency"),
        (["a.jpg", "-o", "out", "--format", "jpg"], "a JPEG file holds no transparency"),
        (["a.jpg", "-o", "b.png", "--max-megapixels", "many"], "is not a whole number"),
        (["a.jpg", "-o", "out", "--model", "persn"], "Did you mean person"),
    ],
)
def test_wrong_use_is_one_line(
    words: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.jpg").write_bytes(content(photo(), "JPEG"))
    engine = [] if "persn" in words else FIXED
    assert main(["photo", *words, *engine]) == 2
    assert message in capsys.readouterr().err


def test_where_nobody_is_found_that_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = photo(0, 320, 240).convert("RGBA")
    own.putalpha(0)
    own.save(tmp_path / "nobody.png")
    assert photo_command(tmp_path / "nobody.png", "-o", tmp_path / "out", "--json") == 0
    printed = capsys.readouterr()
    assert "nothing to cut out was found in" in printed.err
    assert json.loads(printed.out)[0]["is_empty"]


def test_a_mark_says_by_what_a_file_was_made(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(content(photo(), "JPEG"))
    for suffix in ("png", "webp", "jpg"):
        assert photo_command(tmp_path / "a.jpg", "-o", tmp_path / f"b.{suffix}", "--blur") == 0
        assert (mark_in(tmp_path / f"b.{suffix}") or "").startswith("live-seg 0.")
    assert mark_in(tmp_path / "a.jpg") == ""
    assert mark_in(tmp_path / "nowhere.jpg") is None


PEAK = """
import atexit, sys
def tell():
    status = open("/proc/self/status").read()
    print(status.split("VmHWM:")[1].split()[0], file=sys.stderr)
atexit.register(tell)
"""
"""Prints the most memory that the process ever had, in KiB."""

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@pytest.mark.slow
@on_linux
def test_fifty_megapixels_take_less_than_a_gigabyte(tmp_path: Path) -> None:
    large = Pillow.fromarray(np.tile(np.arange(0, 256, dtype=np.uint8)[None, :, None], (5780, 34, 3))[:, :8660])
    (tmp_path / "large.jpg").write_bytes(content(large, "JPEG"))
    del large
    for words in ([], ["--background", "#00b140"]):
        done = run(tmp_path / "large.jpg", "-o", tmp_path / "out", *words, "--again", code=PEAK)
        assert done.returncode == 0, done.stderr
        assert int(done.stderr.splitlines()[-1]) < 1_000_000, words  # KiB
        assert opened(tmp_path / "out/large.png").size == (8660, 5780)


@on_linux
def test_bombs_cost_no_memory(tmp_path: Path) -> None:
    hostile(tmp_path / "in")
    done = run(tmp_path / "in", "-o", tmp_path / "out", code=PEAK)
    assert int(done.stderr.splitlines()[-1]) < 250_000


def test_pictures_in_memory_stay_within_the_budget_and_a_larger_one_comes_alone() -> None:
    budget, over = _Budget(100), threading.Event()
    with budget.take(60):
        other = threading.Thread(target=lambda: budget.take(70).__enter__() or over.set())  # type: ignore[func-returns-value]
        other.start()
        with budget.take(40):
            assert not over.is_set()
    assert over.wait(10)
    other.join()
    with _Budget(100).take(1000):
        pass


@pytest.mark.skipif(os.name == "nt", reason="names are bytes")
def test_names_go_through_the_report_unchanged(tmp_path: Path) -> None:
    names = odd(tmp_path / "in")
    done = run(tmp_path / "in", "-o", tmp_path / "out", "--json")
    assert sorted(Path(one["source"]).name for one in json.loads(done.stdout)) == sorted(names)
    assert all(Path(one["target"]).is_file() for one in json.loads(done.stdout))
