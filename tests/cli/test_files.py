"""Files in and out by the command: unusable ones, the same one twice, transparency, sound."""

from __future__ import annotations

import re
from pathlib import Path

import av
import cv2
import pytest
from made_clips import make_clip
from run_command import QUICK

from live_seg.cli.main import main
from live_seg.effects.replace import Replace
from live_seg.frame import Alpha, Image

CONTENTS = {"missing": None, "empty": b"", "text": b"this is a text\n" * 99}


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
@pytest.mark.parametrize("name", ["clip.mp4", "photo.jpg", "clip.mkv", "no_suffix"])
def test_an_input_that_cannot_be_used_is_one_line_and_leaves_no_output(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], name: str, content: bytes | None
) -> None:
    camera, output = tmp_path / name, tmp_path / "out" / "out.mp4"
    output.parent.mkdir()
    if content is not None:
        camera.write_bytes(content)
    assert main(["--camera", str(camera), "--blur", "--output", str(output), *QUICK]) == 2
    error = capfd.readouterr().err
    assert str(camera) in error
    assert all(line.startswith("live-seg: ") for line in error.splitlines())
    assert not list(output.parent.iterdir())


@pytest.mark.parametrize("camera", ["clip.mp4", "~/clip.mp4", "video:clip.mp4"])
@pytest.mark.parametrize("output", ["clip.mp4", "~/clip.mp4"])
def test_what_is_read_is_not_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], camera: str, output: str
) -> None:
    """However both are named; a shell leaves the `~` of `--output=~/clip.mp4` to us."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert main(["--camera", "synthetic", *QUICK, "--output", "clip.mp4"]) == 0
    before = Path("clip.mp4").read_bytes()
    assert main(["--camera", camera, *QUICK, "--output", output]) == 2
    assert "is what is read" in capsys.readouterr().err
    assert Path("clip.mp4").read_bytes() == before


def test_a_picture_that_is_read_is_none_of_those_that_are_numbered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["--camera", "synthetic", *QUICK, "--output", "room-%03d.png"]) == 0
    before = Path("room-000.png").read_bytes()
    for output in ("room-%03d.png", str(tmp_path / "room-%d.png")):
        assert main(["--camera", "room-000.png", *QUICK, "--output", output]) == 2
        assert "is what is read" in capsys.readouterr().err
    assert Path("room-000.png").read_bytes() == before
    for output in ("rooms-%03d.png", "room-%03d.jpg"):
        assert main(["--camera", "room-000.png", *QUICK, "--output", output]) == 0


def test_a_transparent_file_has_alpha_though_its_pictures_are_paused(tmp_path: Path) -> None:
    out = tmp_path / "out.png"
    words = ["--camera", "synthetic", *QUICK, "--transparent", "--set", "run.paused=true", "--output", str(out)]
    assert main(words) == 0
    picture = cv2.imread(str(out), cv2.IMREAD_UNCHANGED)
    assert picture.shape == (180, 320, 4)
    assert picture[..., 3].min() == 255


def test_transparency_into_a_file_that_holds_none_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--camera", "synthetic", *QUICK, "--transparent", "--output", str(tmp_path / "out.mp4")]) == 2
    assert "out.mp4 cannot hold transparency" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_home_of_nobody_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--camera", "~nobody-of-this-name/clip.mp4", *QUICK]) == 2
    assert capsys.readouterr().err.endswith("the ~ of a name stands for nobody's home. Write the whole path.\n")


@pytest.mark.parametrize("camera", ["~/clip.mp4", "video:clip.mp4", "~clip.mp4"])
def test_a_video_has_its_sound_however_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, camera: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    for name in ("clip.mp4", "~clip.mp4"):
        make_clip(tmp_path / name, 10, sound=("aac", 44_100))
    assert main(["--camera", camera, *QUICK, "--output", "out.mp4"]) == 0
    with av.open("out.mp4") as container:
        assert container.streams.audio


@pytest.mark.parametrize("fails_from", [0, 2])
def test_a_file_whose_pictures_are_hidden_says_so_and_fails_where_all_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], fails_from: int
) -> None:
    seen: list[int] = []
    before = Replace.__call__

    def failing(self: Replace, image: Image, alpha: Alpha, out: Image | None = None) -> Image:
        seen.append(len(seen))
        if seen[-1] >= fails_from:
            raise ValueError("a number is not a colour")
        return before(self, image, alpha, out)

    monkeypatch.setattr(Replace, "__call__", failing)
    out = tmp_path / "out.mp4"
    words = ["--camera", "synthetic", *QUICK, "--replace", "#00b140", "--output", str(out)]
    assert main(words) == (0 if fails_from else 1)
    error = capsys.readouterr().err
    assert ("every picture is hidden" in error) == (not fails_from)
    assert bool(re.search(r" of \d+ pictures are hidden", error)) == bool(fails_from)
    assert "a number is not a colour" in error and out.is_file()
