import errno
import os
import signal
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from made_clips import SMALL, index_of, picture_of

from live_seg.config import build
from live_seg.errors import SinkLost, UsageError
from live_seg.frame import Frame, Size
from live_seg.media import VideoFile, read_picture
from live_seg.sinks import Stream
from live_seg.sinks.file import FileSink, holds_alpha
from live_seg.sinks.part_file import PartFile

VIDEOS = ["mp4", "m4v", "mkv", "mov", "webm"]


def opened(path, fps=25.0, lossless=True, size=SMALL, **output):
    return FileSink(build({"output": {"file": str(path), "quality_crf": 8, **output}}), Stream(size, fps, lossless))


def write(path, count=10, size=SMALL, fps=25.0, times=None, **options):
    with opened(path, fps, **options) as sink:
        for index in range(count):
            picture = picture_of(index, size)
            sink.write(picture, Frame(picture, index, times[index] if times else index / fps))
    return path


def frames_of(path):
    file = VideoFile(str(path))
    frames = list(file)
    file.close()
    return frames


def folder_of(path):
    return sorted(entry.name for entry in path.iterdir())


@pytest.mark.parametrize("suffix", VIDEOS)
def test_every_picture_is_in_the_file_once_at_its_time(tmp_path, suffix):
    path = write(tmp_path / f"out.{suffix}", 40)
    frames = frames_of(path)
    assert [index_of(image) for _, image in frames] == [index % 26 for index in range(40)]
    assert [time_s for time_s, _ in frames] == pytest.approx([index / 25 for index in range(40)], abs=0.0006)
    assert folder_of(tmp_path) == [path.name]


@pytest.mark.parametrize("suffix", VIDEOS)
def test_a_rate_of_30000_1001_stays_that(tmp_path, suffix):
    path = write(tmp_path / f"out.{suffix}", 30, fps=30000 / 1001)
    with av.open(str(path)) as container:
        assert container.streams.video[0].average_rate == Fraction(30000, 1001)


@pytest.mark.parametrize("suffix", ["mp4", "webm"])
@pytest.mark.parametrize("size", [Size(641, 359), Size(359, 641), Size(1, 1), Size(2, 2), Size(1920, 1080)])
def test_any_size_stays_exactly(tmp_path, suffix, size):
    frames = frames_of(write(tmp_path / f"out.{suffix}", 2, size))
    assert [Size.of(image) for _, image in frames] == [size, size]


def test_one_picture_is_a_video(tmp_path):
    assert len(frames_of(write(tmp_path / "out.mp4", 1))) == 1


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "webm"])
@pytest.mark.parametrize("size", [Size(128, 72), Size(1280, 720)])  # BT.601 and BT.709
def test_colours_do_not_shift(tmp_path, suffix, size):
    colours = [(0, 0, 0), (255, 255, 255), (128, 128, 128), (0, 0, 255), (0, 255, 0), (255, 0, 0), (64, 177, 0)]
    with opened(tmp_path / f"out.{suffix}", quality_crf=1) as sink:
        for index, colour in enumerate(colours):
            picture = np.full((size.height, size.width, 3), colour, np.uint8)
            sink.write(picture, Frame(picture, index, index / 25))
    for colour, (_, image) in zip(colours, frames_of(tmp_path / f"out.{suffix}"), strict=True):
        assert np.abs(image.reshape(-1, 3).mean(0) - colour).max() <= 3, colour


def test_live_pictures_lie_at_their_own_times(tmp_path):
    times = [5000.0, 5000.03, 5000.5, 5000.51, 5003.0]
    path = write(tmp_path / "out.mp4", 5, times=times, lossless=False)
    assert [time_s for time_s, _ in frames_of(path)] == pytest.approx([time_s - 5000 for time_s in times], abs=0.001)


def test_a_variable_rate_of_a_file_is_kept(tmp_path):
    times = [0.0, 0.04, 0.08, 0.5, 0.54, 1.0]
    path = write(tmp_path / "out.mp4", 6, times=times)
    assert [time_s for time_s, _ in frames_of(path)] == pytest.approx(times, abs=0.001)


def test_pictures_of_another_size_are_fitted_into_the_first_one(tmp_path):
    with opened(tmp_path / "out.mp4") as sink:
        for index, size in enumerate([Size(64, 48), Size(48, 64), Size(128, 96)]):
            picture = np.full((size.height, size.width, 3), 200, np.uint8)
            sink.write(picture, Frame(picture, index, index / 25))
    images = [image for _, image in frames_of(tmp_path / "out.mp4")]
    assert [Size.of(image) for image in images] == [Size(64, 48)] * 3
    assert images[1][:, :8].max() < 30
    assert images[2].min() > 180


def test_the_index_of_a_finished_mp4_is_that_of_a_normal_file(tmp_path):
    data = write(tmp_path / "out.mp4", 100).read_bytes()
    kinds, place = [], 0
    while place < len(data):
        kinds.append(data[place + 4 : place + 8])
        place += int.from_bytes(data[place : place + 4], "big")
    assert b"moof" not in kinds
    assert kinds[-1] == b"moov"


@pytest.mark.parametrize("suffix", ["webm", "mov", "png", "webp"])
def test_alpha_is_kept_where_the_file_holds_it(tmp_path, suffix):
    alpha = np.tile(np.linspace(0, 255, 64).astype(np.uint8), (48, 1))
    picture = np.dstack([np.full((48, 64, 3), 120, np.uint8), alpha])
    path = tmp_path / f"out.{suffix}"
    assert holds_alpha(path.name)
    with opened(path) as sink:
        assert sink.takes_alpha
        for index in range(3):
            sink.write(picture, Frame(picture[..., :3], index, index / 25))
    assert np.abs(alpha_of(path).astype(int) - alpha).max() <= 4


def alpha_of(path):
    if path.suffix in (".png", ".webp"):
        return cv2.imread(str(path), cv2.IMREAD_UNCHANGED)[..., 3]
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        # FFmpeg's own VP9 decoder leaves the alpha out.
        decoder = av.CodecContext.create("libvpx-vp9", "r") if path.suffix == ".webm" else stream.codec_context
        frames = [frame for packet in container.demux(stream) if packet.size for frame in decoder.decode(packet)]
        return frames[0].reformat(format="bgra").to_ndarray()[..., 3]


@pytest.mark.parametrize("name", ["out.mp4", "out.mkv", "out.jpg", "out", "out.xyz"])
def test_other_files_hold_no_alpha(name):
    assert not holds_alpha(name)


def test_alpha_into_a_file_that_cannot_hold_it_is_refused(tmp_path):
    picture = np.zeros((48, 64, 4), np.uint8)
    with opened(tmp_path / "out.mp4") as sink, pytest.raises(UsageError, match=r"out.mp4 cannot hold .* \.mov, \.webm"):
        sink.write(picture, Frame(picture[..., :3], 0, 0.0))
    assert folder_of(tmp_path) == []


def test_what_is_under_alpha_0_does_not_show_when_alpha_comes_later(tmp_path):
    opaque = np.full((48, 64, 3), 9, np.uint8)
    hidden = np.dstack([np.full((48, 64, 3), 250, np.uint8), np.zeros((48, 64), np.uint8)])
    with opened(tmp_path / "out.webm") as sink:
        sink.write(opaque, Frame(opaque, 0, 0.0))
        sink.write(hidden, Frame(opaque, 1, 0.04))
    assert frames_of(tmp_path / "out.webm")[1][1].max() < 12


def test_one_picture_file_holds_the_last_picture(tmp_path):
    path = write(tmp_path / "out.png", 5)
    assert index_of(read_picture(str(path))) == 4
    assert folder_of(tmp_path) == ["out.png"]


def test_numbered_picture_files_hold_every_picture(tmp_path):
    write(tmp_path / "out-%03d.jpg", 3)
    assert folder_of(tmp_path) == ["out-000.jpg", "out-001.jpg", "out-002.jpg"]
    assert [index_of(read_picture(str(tmp_path / f"out-{index:03d}.jpg"))) for index in range(3)] == [0, 1, 2]


@pytest.mark.parametrize("name", ["out.mp4", "out.png", "out-%d.png"])
def test_nothing_is_left_without_a_picture(tmp_path, name):
    with opened(tmp_path / name):
        pass
    assert folder_of(tmp_path) == []


@pytest.mark.parametrize("name", ["out.xyz", "out", "out.gif"])
def test_a_suffix_that_cannot_be_written_names_those_that_can(tmp_path, name):
    with pytest.raises(UsageError, match=r"\.mp4, .*\.webm, \.png"):
        opened(tmp_path / name)


def test_a_missing_folder_and_a_folder_as_file_are_refused(tmp_path):
    with pytest.raises(UsageError, match=r"there is no folder .*nowhere to write out.mp4 to"):
        opened(tmp_path / "nowhere" / "out.mp4")
    (tmp_path / "folder.mp4").mkdir()
    with pytest.raises(UsageError, match="is a folder"):
        opened(tmp_path / "folder.mp4")


def test_a_folder_that_must_not_be_written_to_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(UsageError, match="you may not write to the folder"):
        opened(tmp_path / "out.mp4")


def test_the_target_is_replaced_only_when_the_new_file_is_finished(tmp_path):
    path = write(tmp_path / "out.mp4", 3)
    before = path.read_bytes()
    with opened(path) as sink:
        for index in range(5):
            sink.write(picture_of(index), Frame(picture_of(index), index, index / 25))
        assert path.read_bytes() == before
        assert folder_of(tmp_path) == ["out.mp4", "out.part.mp4"]
    assert len(frames_of(path)) == 5
    assert folder_of(tmp_path) == ["out.mp4"]


def test_what_an_earlier_run_left_is_not_overwritten(tmp_path):
    (tmp_path / "out.part.mp4").write_bytes(b"of an earlier run")
    write(tmp_path / "out.mp4", 3)
    assert folder_of(tmp_path) == ["out.mp4", "out.part.mp4"]
    assert (tmp_path / "out.part.mp4").read_bytes() == b"of an earlier run"


WRITER = """
import sys
sys.path[:0] = {paths!r}
from made_clips import SMALL, picture_of
from live_seg.config import build
from live_seg.frame import Frame
from live_seg.sinks import Stream
from live_seg.sinks.file import FileSink
sink = FileSink(build({{"output": {{"file": sys.argv[1]}}}}), Stream(SMALL, 25.0, lossless=True))
for index in range(200):
    sink.write(picture_of(index), Frame(picture_of(index), index, index / 25))
print("written", flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("suffix", ["mp4", "mov", "mkv", "webm"])
def test_a_run_that_is_killed_leaves_a_file_that_can_be_played(tmp_path, suffix):
    code = WRITER.format(paths=[str(Path(picture_of.__code__.co_filename).parent)])
    command = [sys.executable, "-c", code, str(tmp_path / f"out.{suffix}")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"written\n"
        process.send_signal(signal.SIGKILL)
    frames = frames_of(tmp_path / f"out.part.{suffix}")
    assert len(frames) >= 200 - 75  # the last three seconds may be missing: one in a fragment, the rest in the encoder
    assert [index_of(image) for _, image in frames[:26]] == list(range(26))


@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
@pytest.mark.parametrize("room", [0, 40_000])
def test_a_full_disk_ends_the_sink_and_keeps_what_was_written(tmp_path, monkeypatch, suffix, room):
    random = np.random.default_rng(1)
    monkeypatch.setattr(os, "write", limited(os.write, room))
    sink = opened(tmp_path / f"out.{suffix}")
    with pytest.raises(SinkLost, match=r"out\.m.. cannot be written: no space left on device\. What was written"):
        for index in range(500):
            noise = random.integers(0, 256, (48, 64, 3), np.uint8)
            sink.write(noise, Frame(noise, index, index / 25))
    with pytest.raises(SinkLost):
        sink.write(noise, Frame(noise, index, index / 25))
    sink.close()
    sink.close()
    if room:
        assert len(frames_of(tmp_path / f"out.{suffix}")) > 3
        assert folder_of(tmp_path) == [f"out.{suffix}"]
    else:
        assert folder_of(tmp_path) == []


def test_a_disk_that_is_full_at_the_end_is_said_too(tmp_path, monkeypatch):
    sink = opened(tmp_path / "out.mp4")
    for index in range(60):
        sink.write(picture_of(index), Frame(picture_of(index), index, index / 25))
    monkeypatch.setattr(os, "write", limited(os.write, 0))
    with pytest.raises(SinkLost, match="no space left on device"):
        sink.close()
    sink.close()
    assert len(frames_of(tmp_path / "out.mp4")) > 20


def limited(write, room):
    """`os.write` on a disk with so many bytes left."""

    def write_some(file, data):
        nonlocal room
        if not room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written = write(file, data[:room])
        room -= written
        return written

    return write_some


def test_a_part_file_is_found_by_its_name(tmp_path):
    part = PartFile(tmp_path / "out.mp4")
    assert part.path.name == "out.part.mp4"
    part.finish(keep=False)
    assert folder_of(tmp_path) == []
