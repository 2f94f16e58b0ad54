"""Files are replaced only when the new one is whole; what a kill or a full disk leaves can be played."""

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest
from made_clips import index_of, picture_of
from written import folder_of, frames_of, opened, write

from live_seg.errors import SinkLost, UsageError
from live_seg.frame import Frame
from live_seg.sinks import file
from live_seg.sinks.part_file import PartFile
from live_seg.sinks.video_writer import VideoWriter


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


@pytest.mark.parametrize("name", ["out.png", "out-%d.png"])
def test_a_picture_that_does_not_fit_on_the_disk_is_said_and_not_left_cut_short(tmp_path, monkeypatch, name):
    sink = opened(tmp_path / name)
    monkeypatch.setattr(os, "write", limited(os.write, 100))
    with pytest.raises(SinkLost, match="no space left on device"):
        sink.write(picture_of(0), Frame(picture_of(0), 0, 0.0))
        sink.close()
    assert folder_of(tmp_path) == []
    monkeypatch.undo()
    with pytest.raises(SinkLost):
        sink.write(picture_of(1), Frame(picture_of(1), 1, 0.04))


def test_a_disk_that_takes_a_little_at_a_time_gets_all(tmp_path, monkeypatch):
    plain = os.write
    monkeypatch.setattr(os, "write", lambda file, data: plain(file, data[:1000]))
    frames = frames_of(write(tmp_path / "out.mp4", 30))
    assert [index_of(image) for _, image in frames] == [index % 26 for index in range(30)]


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
    with pytest.raises(OSError, match="Bad file descriptor"):
        part.tell()


def test_after_a_write_that_failed_nothing_more_is_written_also_when_there_is_room_again(tmp_path, monkeypatch):
    """A file with a piece missing cannot be played beyond it, and some players not at all."""
    part = PartFile(tmp_path / "out.mp4")
    part.write(b"begin")
    with monkeypatch.context() as full:
        full.setattr(os, "write", limited(os.write, 0))
        part.write(b" middle")
    part.write(b" end")
    part.finish(keep=True)
    assert part.error
    assert (tmp_path / "out.mp4").read_bytes() == b"begin"


@pytest.mark.parametrize("written", [0, 3])
def test_an_encoder_that_fails_is_one_line_and_leaves_no_file_without_pictures(tmp_path, monkeypatch, written):
    """FFmpeg has errors that are none of the system's."""

    class Failing(VideoWriter):
        def write(self, picture, time_s):
            if time_s >= written / 25:
                raise av.error.InvalidDataError(1, "Invalid data")
            super().write(picture, time_s)

        def close(self):
            super().close()
            raise av.error.InvalidDataError(1, "Invalid data")

    monkeypatch.setattr(file, "VideoWriter", Failing)
    sink = opened(tmp_path / "out.mp4")
    with pytest.raises(SinkLost, match=r"out\.mp4 cannot be written: invalid data"), sink:
        for index in range(4):
            sink.write(picture_of(index), Frame(picture_of(index), index, index / 25))
    assert folder_of(tmp_path) == (["out.mp4"] if written else [])
    assert not written or len(frames_of(tmp_path / "out.mp4")) == 3
