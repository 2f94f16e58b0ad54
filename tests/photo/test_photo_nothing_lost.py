"""Whatever else is in the folders, and whatever happens on the way, no file is lost or harmed."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from made_photos import content, folder_of, hostile, odd, photo, run
from photo_runs import files_in, photo_command


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


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_pipe_in_the_place_of_a_result_is_neither_waited_for_nor_written_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.jpg").write_bytes(content(photo(), "JPEG"))
    os.mkfifo(tmp_path / "a.png")
    assert photo_command(tmp_path / "a.jpg", "-o", tmp_path) == 1
    assert "is there and is not of live-seg" in capsys.readouterr().err
    assert (tmp_path / "a.png").is_fifo()


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A person, and a room that an earlier run has made: such a file may be written over."""
    (tmp_path / "a.jpg").write_bytes(content(photo(), "JPEG"))
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "room.jpg").write_bytes(content(photo(7), "JPEG"))
    assert photo_command(tmp_path / "in" / "room.jpg", "-o", tmp_path, "--background", "#203040") == 0
    return tmp_path


LINKS = {
    "itself": lambda link, file: file.rename(link),
    "hard link": lambda link, file: link.hardlink_to(file),
    "symbolic link": lambda link, file: link.symlink_to(file),
}


@pytest.mark.parametrize("name", LINKS)
@pytest.mark.parametrize("read", ["source", "background", "piped source", "background of a pipe"])
def test_the_file_that_was_named_is_not_what_is_read(pictures: Path, read: str, name: str) -> None:
    room, target = pictures / "room.png", pictures / "target.png"
    LINKS[name](target, room)
    file = room if room.exists() else target
    before = file.read_bytes()
    if read == "source":
        done = run(file, "-o", target)
    elif read == "background":
        done = run(pictures / "a.jpg", "-o", target, "--background", file)
    elif read == "piped source":
        with file.open("rb") as stream:
            done = run("-", "-o", target, stdin=stream)
    else:
        done = run("-", "-o", target, "--background", file, input=(pictures / "a.jpg").read_bytes())
    assert done.returncode == 2
    assert b"target.png is what is read" in done.stderr
    assert file.read_bytes() == before
    assert target.is_symlink() == (name == "symbolic link")


@pytest.mark.parametrize("name", LINKS)
@pytest.mark.parametrize("read", ["a source", "the background"])
def test_a_folder_of_results_in_which_one_is_what_is_read_is_left_as_it_is(
    pictures: Path, capsys: pytest.CaptureFixture[str], read: str, name: str
) -> None:
    out = pictures / "out"
    out.mkdir()
    room, target = pictures / "room.png", out / "room.png"
    LINKS[name](target, room)
    file = room if room.exists() else target
    before = file.read_bytes()
    words = [file] if read == "a source" else [pictures / "in", "--background", file]
    assert photo_command(pictures / "a.jpg", *words, "-o", out) == 2
    assert "room.png is what is read" in capsys.readouterr().err
    assert file.read_bytes() == before
    assert files_in(out) == ["room.png"]


def test_a_folder_is_not_written_into_itself(pictures: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert photo_command(pictures / "in", "-o", pictures / "in") == 2
    assert "is what is read" in capsys.readouterr().err


def test_another_picture_takes_the_place_of_an_earlier_result_all_the_same(pictures: Path) -> None:
    before = (pictures / "room.png").read_bytes()
    assert photo_command(pictures / "a.jpg", "-o", pictures / "room.png", "--background", pictures / "in/room.jpg") == 0
    assert (pictures / "room.png").read_bytes() != before


def full_disk(self: Path, target: Path) -> Path:
    raise OSError(28, "No space left on device", str(target))


def test_a_full_disk_leaves_nothing_behind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = folder_of(tmp_path / "in", 2)
    monkeypatch.setattr(Path, "replace", full_disk)
    assert photo_command(tree, "-o", tmp_path / "out") == 1
    said = capsys.readouterr().err
    assert said.count("No space left on device") == 2
    assert f"{tree / 'day 0' / '000.jpg'}: {tmp_path / 'out' / 'day 0' / '000.png'} cannot be written" in said
    assert ".part" not in said
    assert not files_in(tmp_path / "out")


def test_a_full_disk_leaves_nothing_beside_a_result_that_was_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = folder_of(tmp_path / "in", 1) / "day 0" / "000.jpg"
    (tmp_path / "out").mkdir()
    monkeypatch.setattr(Path, "replace", full_disk)
    assert photo_command(picture, "-o", tmp_path / "out" / "a.png") == 1
    assert "No space left on device" in capsys.readouterr().err
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
