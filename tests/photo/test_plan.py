"""Which pictures are taken, and where each of them goes."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from made_photos import folder_of
from photo_runs import photo_command

from live_seg.errors import UsageError
from live_seg.photo.plan import is_one_file, plan


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in (
        "in/a.jpg",
        "in/deep/er/b.webp",
        "in/deep/c.PNG",
        "in/notes.txt",
        "in/.hidden.jpg",
        "in/.thumbs/d.jpg",
    ):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"x")
    return tmp_path


def places(tree: Path, *inputs: str) -> dict[str, str]:
    jobs = plan([tree / name for name in inputs], tree / "out", ".png")
    return {str(job.source.relative_to(tree)): str(job.target.relative_to(tree)) for job in jobs}


def test_a_folder_is_mirrored_without_what_is_hidden_or_no_picture(tree: Path) -> None:
    assert places(tree, "in") == {
        "in/a.jpg": "out/a.png",
        "in/deep/c.PNG": "out/deep/c.png",
        "in/deep/er/b.webp": "out/deep/er/b.png",
    }


def test_named_files_lie_in_the_output_folder_whatever_their_suffix(tree: Path) -> None:
    assert places(tree, "in/deep/er/b.webp", "in/notes.txt") == {
        "in/deep/er/b.webp": "out/b.png",
        "in/notes.txt": "out/notes.png",
    }


def test_two_of_one_name_keep_their_suffixes(tree: Path) -> None:
    (tree / "in/a.webp").write_bytes(b"x")
    found = places(tree, "in")
    assert (found["in/a.jpg"], found["in/a.webp"]) == ("out/a.jpg.png", "out/a.webp.png")


def test_names_that_are_one_on_a_memory_stick_keep_their_suffixes(tree: Path) -> None:
    (tree / "in/A.webp").write_bytes(b"x")
    found = places(tree, "in")
    assert (found["in/a.jpg"], found["in/A.webp"]) == ("out/a.jpg.png", "out/A.webp.png")


def test_a_folder_that_cannot_be_looked_into_fails_and_the_rest_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder_of(tmp_path / "in", 1)
    folder_of(tmp_path / "in/closed", 1)
    look = os.scandir

    def looking(path: str | Path) -> Iterator[os.DirEntry[str]]:
        if Path(path) == tmp_path / "in/closed":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return look(path)

    monkeypatch.setattr(os, "scandir", looking)
    assert photo_command(tmp_path / "in", "-o", tmp_path / "out") == 1
    error = capsys.readouterr().err
    assert f"{tmp_path}/in/closed cannot be read: Permission denied." in error
    assert "2 pictures: 1 done, 1 failed" in error


def test_two_that_would_be_one_file_all_the_same_are_refused(tree: Path) -> None:
    (tree / "other").mkdir()
    (tree / "other/a.jpg").write_bytes(b"x")
    with pytest.raises(UsageError, match="would both become"):
        places(tree, "in/a.jpg", "other/a.jpg")


def test_the_same_named_twice_is_one(tree: Path) -> None:
    assert len(places(tree, "in/a.jpg", "in/a.jpg")) == 1


def test_an_output_folder_inside_the_input_is_not_taken_for_pictures(tree: Path) -> None:
    (tree / "in/out").mkdir()
    (tree / "in/out/a.png").write_bytes(b"x")
    jobs = plan([tree / "in"], tree / "in" / "out", ".png")
    assert len(jobs) == 3


@pytest.mark.parametrize(("given", "message"), [("in", "is what is read"), ("in/.thumbs", "no picture in")])
def test_a_folder_that_cannot_be_taken_is_said(tree: Path, given: str, message: str) -> None:
    (tree / "in/.thumbs/d.jpg").rename(tree / "in/.thumbs/d.txt")
    with pytest.raises(UsageError, match=message):
        plan([tree / given], tree / "in", ".png")


def test_a_link_that_leads_back_up_does_not_lead_round_and_round(tree: Path) -> None:
    (tree / "in/deep/loop").symlink_to(tree / "in")
    assert len(places(tree, "in")) == 3


@pytest.mark.parametrize(
    ("inputs", "out", "expected"),
    [
        (["in/a.jpg"], "me.png", True),
        (["in/a.jpg"], "me.WEBP", True),
        (["in/a.jpg"], "folder", False),
        (["in"], "folder", False),
        (["in"], "cut.v2", False),
        (["in/a.jpg", "in/deep/c.PNG"], "folder", False),
        (["in/a.jpg", "in/deep/c.PNG"], "made.png", False),
    ],
)
def test_the_output_is_a_file_only_for_one_picture(tree: Path, inputs: list[str], out: str, expected: bool) -> None:
    (tree / "made.png").mkdir()
    assert is_one_file([tree / name for name in inputs], tree / out) is expected


@pytest.mark.parametrize("inputs", [["in"], ["in/a.jpg", "in/deep/c.PNG"]])
def test_several_pictures_do_not_go_into_one_file(tree: Path, inputs: list[str]) -> None:
    with pytest.raises(UsageError, match=r"me\.png is one file"):
        is_one_file([tree / name for name in inputs], tree / "me.png")
