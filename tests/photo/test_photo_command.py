"""`live-seg photo`: one picture, each kind of result, pipes, and wrong use."""

from __future__ import annotations

import io
import json
import os
import struct
from pathlib import Path

import numpy as np
import pytest
from made_photos import content, folder_of, odd, photo, run
from photo_runs import FIXED, files_in, opened, photo_command
from PIL import Image as Pillow

from live_seg.cli.main import main


def test_one_picture_becomes_the_file_that_was_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "me.jpg"
    source.write_bytes(content(photo(), "JPEG"))
    assert photo_command(source, "-o", tmp_path / "cut.webp") == 0
    assert opened(tmp_path / "cut.webp").mode == "RGBA"
    assert files_in(tmp_path) == ["cut.webp", "me.jpg"]
    assert "no network (fixed)" in capsys.readouterr().err


def test_pictures_may_stand_before_between_and_after_options(tmp_path: Path) -> None:
    first, second, third = (tmp_path / f"{name}.png" for name in "abc")
    for source in (first, second, third):
        source.write_bytes(content(photo(0, 320, 240)))
    assert photo_command(first, "--matte", second, "-o", tmp_path / "out", third) == 0
    assert [name for name in files_in(tmp_path / "out") if name.endswith(".png")] == ["a.png", "b.png", "c.png"]


def test_a_picture_whose_name_begins_with_a_tilde_is_that_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("~draft.png", "a.png"):
        Path(name).write_bytes(content(photo(0, 320, 240)))
    assert photo_command(".", "-o", "out") == 0
    assert [name for name in files_in(Path("out")) if name.endswith(".png")] == ["a.png", "~draft.png"]
    assert photo_command("a.png", "--background", "~draft.png", "-o", "before.png") == 0


def test_a_picture_whose_name_begins_with_a_dash_stands_behind_two(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "-a.jpg").write_bytes(content(photo(), "JPEG"))
    assert main(["photo", *FIXED, "-o", "a.png", "--", "-a.jpg"]) == 0
    assert opened(tmp_path / "a.png").mode == "RGBA"


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


def test_a_missing_picture_is_an_error_at_the_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tree = folder_of(tmp_path / "in", 2)
    assert photo_command(tree, tmp_path / "nowhere.jpg", "-o", tmp_path / "out") == 1
    error = capsys.readouterr().err.splitlines()
    assert "there is no file" in error[-2]
    assert error[-1] == "live-seg: 3 pictures: 2 done, 1 failed"


def test_a_background_that_cannot_be_used_is_said_once_before_anything_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tree = folder_of(tmp_path / "in", 3)
    assert photo_command(tree, "-o", tmp_path / "out", "--background", "nowhere.jpg") == 2
    assert capsys.readouterr().err.count("there is no file nowhere.jpg") == 1
    assert not files_in(tmp_path / "out")


def test_from_pipe_to_pipe() -> None:
    done = run("-", "--format", "webp", input=content(photo(0, 320, 240), "JPEG"))
    assert done.returncode == 0, done.stderr
    with Pillow.open(io.BytesIO(done.stdout)) as picture:
        assert (picture.format, picture.mode, picture.size) == ("WEBP", "RGBA", (320, 240))
    broken = run("-", "-o", "-", input=b"no picture")
    assert (broken.returncode, broken.stdout) == (2, b"")
    assert b"the picture is no picture that can be read" in broken.stderr


def test_a_stronger_blur_is_stronger(tmp_path: Path) -> None:
    (tmp_path / "me.png").write_bytes(content(photo(0, 640, 480)))
    strengths = ("1", "4", "40")
    for strength in strengths:
        assert photo_command(tmp_path / "me.png", "-o", tmp_path / f"{strength}.png", "--blur", strength) == 0
    detail = [np.asarray(opened(tmp_path / f"{strength}.png"))[:60, :60].std() for strength in strengths]
    assert detail == sorted(detail, reverse=True)
    assert len(set(detail)) == 3


def test_a_picture_of_more_megapixels_than_named_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "me.jpg").write_bytes(content(photo(0, 1300, 1000), "JPEG"))
    assert photo_command(tmp_path / "me.jpg", "-o", tmp_path / "a.png", "--max-megapixels", "1") == 1
    assert "1 megapixels are allowed" in capsys.readouterr().err
    assert photo_command(tmp_path / "me.jpg", "-o", tmp_path / "a.png", "--max-megapixels", "2") == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["a.jpg"], "where the result goes is missing"),
        (["-", "a.jpg", "-o", "out"], "a pipe takes one picture"),
        (["-", "--json"], "a pipe takes one picture"),
        (["a.jpg", "-o", "b.png", "--blur", "--matte"], "not allowed with argument"),
        (["a.jpg", "-o", "b.png", "--blur", "0"], "blur.radius_px: expected float >= 1.0"),
        (["a.jpg", "-o", "b.png", "--blur", "900"], "(1 to 200)"),
        (["a.jpg", "-o", "b.gif"], ".gif files are not written"),
        (["a.jpg", "-o", "b.jpg"], "a JPEG file holds no transparency"),
        (["a.jpg", "-o", "out", "--format", "jpg"], "a JPEG file holds no transparency"),
        (["a.jpg", "-o", "b.png", "--max-megapixels", "-3"], "'-3' is not a whole number from 0"),
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
    piped = run("-", input=(tmp_path / "nobody.png").read_bytes())
    assert (piped.returncode, b"nothing to cut out was found in the picture" in piped.stderr) == (0, True)


def test_broken_metadata_is_no_noise(tmp_path: Path) -> None:
    exif = b"Exif\0\0II*\0\x08\0\0\0\1\0" + struct.pack("<HHII", 0x010F, 2, 3000, 4000) + bytes(4)  # far outside
    (tmp_path / "me.jpg").write_bytes(content(photo(), "JPEG", exif=exif))
    done = run(tmp_path / "me.jpg", "-o", tmp_path / "cut.png")
    assert (done.returncode, done.stderr.splitlines()) == (0, [b"live-seg: no model on no network (fixed)"])


@pytest.mark.skipif(os.name == "nt", reason="names are bytes")
def test_names_go_through_the_report_unchanged(tmp_path: Path) -> None:
    names = odd(tmp_path / "in")
    done = run(tmp_path / "in", "-o", tmp_path / "out", "--json")
    assert sorted(Path(one["source"]).name for one in json.loads(done.stdout)) == sorted(names)
    assert all(Path(one["target"]).is_file() for one in json.loads(done.stdout))
