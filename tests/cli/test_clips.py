"""The whole app on files: the same number of frames, size and rate; what cannot be read ends with one line."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from made_clips import turn

from live_seg.cli.main import main
from live_seg.config import build
from live_seg.frame import Size
from live_seg.sources.synthetic import SyntheticSource

QUICK = ["--no-window", "--engine", "cpu", "--set", "matting.refine=bilinear"]


def write_clip(file: Path, size: Size, frames: int, rate: Fraction = Fraction(30)) -> Path:
    """A clip of the synthetic person."""
    source = SyntheticSource("", build({"source": {"size": str(size)}}), time.monotonic)
    with av.open(str(file), "w") as container:
        stream = container.add_stream("libx264", rate=rate, options={"preset": "ultrafast"})
        stream.width, stream.height = size
        stream.pix_fmt = "yuv444p" if size.width % 2 or size.height % 2 else "yuv420p"
        for index in range(frames):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(source.frame(index).image, "bgr24")))
        container.mux(stream.encode())
    return file


def what_is(file: Path) -> tuple[int, Size, Fraction]:
    """Number of frames, size and rate of a video."""
    with av.open(str(file)) as container:
        stream = container.streams.video[0]
        count = sum(1 for _ in container.decode(stream))
        assert stream.average_rate
        return count, Size(stream.width, stream.height), stream.average_rate


@pytest.mark.parametrize(
    ("size", "frames", "rate"),
    [
        (Size(1920, 1080), 3, Fraction(30)),
        (Size(641, 359), 6, Fraction(30)),
        (Size(360, 640), 6, Fraction(25)),
        (Size(320, 180), 1, Fraction(30)),
        (Size(320, 180), 31, Fraction(30000, 1001)),
    ],
    ids=str,
)
def test_a_clip_keeps_its_frames_size_and_rate(tmp_path: Path, size: Size, frames: int, rate: Fraction) -> None:
    clip = write_clip(tmp_path / "clip.mp4", size, frames, rate)
    out = tmp_path / "out.mp4"
    assert main(["--camera", str(clip), "--blur", "--output", str(out), *QUICK]) == 0
    count, written_size, written_rate = what_is(out)
    assert (count, written_size) == (frames, size)
    assert frames == 1 or abs(written_rate - rate) < Fraction(1, 1000)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["clip.mp4", "out.mp4"]


def test_a_phones_upright_clip_stays_upright(tmp_path: Path) -> None:
    clip = turn(write_clip(tmp_path / "clip.mp4", Size(320, 180), 4), 90)
    assert main(["--camera", str(clip), "--blur", "--output", str(tmp_path / "out.mp4"), *QUICK]) == 0
    assert what_is(tmp_path / "out.mp4")[:2] == (4, Size(180, 320))


def test_the_room_is_blurred_and_the_person_sharp(tmp_path: Path) -> None:
    """With a stand-in for the network that takes the middle for the person."""
    clip = write_clip(tmp_path / "clip.mp4", Size(320, 180), 3)
    out = tmp_path / "out-%02d.png"
    assert main(["--camera", str(clip), "--blur", "--output", str(out), "--no-window", "--engine", "fixed"]) == 0
    pictures = [cv2.imread(str(file)).astype(int) for file in sorted(tmp_path.glob("out-*.png"))]
    assert len(pictures) == 3

    def detail(part: np.ndarray) -> float:
        return float(np.abs(np.diff(part, axis=1)).mean())

    corner, middle = pictures[0][:40, :40], pictures[0][80:120, 140:180]
    assert detail(corner) < 3 < detail(middle)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("missing.mp4", None),
        ("empty.mp4", b""),
        ("text.mp4", b"this is no video\n" * 99),
        ("notes.txt", b"nor this"),
        ("cut.mp4", b"cut"),
    ],
)
def test_what_cannot_be_read_ends_with_one_line_and_no_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes | None
) -> None:
    file = tmp_path / name
    if content == b"cut":
        whole = write_clip(tmp_path / "whole.mp4", Size(320, 180), 20).read_bytes()
        (tmp_path / "whole.mp4").unlink()
        content = whole[: len(whole) // 2]
    if content is not None:
        file.write_bytes(content)
    out = tmp_path / "out.mp4"
    assert main(["--camera", str(file), "--blur", "--output", str(out), *QUICK]) == 2
    told = capsys.readouterr().err
    assert name in told
    assert len(told.strip().splitlines()) == 1
    assert "Traceback" not in told
    assert [left.name for left in tmp_path.iterdir() if left != file] == []


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_run_that_is_cut_short_leaves_a_playable_file(tmp_path: Path, number: signal.Signals, code: int) -> None:
    out = tmp_path / "out.mp4"
    words = ["--camera", "synthetic", "--size", "320x180", "--blur", "--output", str(out), *QUICK]
    process = subprocess.Popen([sys.executable, "-m", "live_seg", *words], stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while not any(file.stat().st_size > 5000 for file in tmp_path.iterdir()) and time.monotonic() < deadline:
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(number)
    _, told = process.communicate(timeout=60)
    assert process.returncode == code, told
    assert "Traceback" not in told
    assert what_is(out)[0] > 0
    assert [file.name for file in tmp_path.iterdir()] == ["out.mp4"]


def test_a_killed_run_leaves_its_part_playable(tmp_path: Path) -> None:
    words = ["--camera", "synthetic", "--size", "320x180", "--blur", "--output", str(tmp_path / "out.mp4"), *QUICK]
    process = subprocess.Popen([sys.executable, "-m", "live_seg", *words], stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not any(file.stat().st_size > 60000 for file in tmp_path.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    left = list(tmp_path.iterdir())
    assert len(left) == 1
    assert what_is(left[0])[0] > 0
