"""Sound that is not as it should be: with gaps, broken packets, another layout on the way, or an end too early."""

import errno

import av
import pytest
from made_clips import SMALL, make_clip, onsets_s, picture_of
from sounding import codec_and_length_s, copied, remade

from live_seg.config import build
from live_seg.errors import SinkLost
from live_seg.frame import Frame
from live_seg.media import VideoFile, open_container
from live_seg.sinks import Stream, sound
from live_seg.sinks.file import FileSink
from live_seg.sinks.video_writer import VideoWriter


class Input:
    """An open file whose sound fails to be read from some time on; knows whether it was closed."""

    def __init__(self, file, failure=None, fails_at_s=0.0):
        self._container = open_container(file)
        self._failure, self._fails_at_s = failure, fails_at_s
        self.start_time, self.streams = self._container.start_time, self._container.streams
        self.is_open = True

    def demux(self, stream):
        for packet in self._container.demux(stream):
            if self._failure and packet.pts is not None and packet.pts * packet.time_base >= self._fails_at_s:
                raise self._failure
            yield packet

    def close(self):
        self.is_open = False
        self._container.close()


def is_silent(time_s):
    return 1.1 <= time_s < 1.4


@pytest.mark.parametrize(("codec", "target"), [("aac", "out.mp4"), ("aac", "out.webm"), ("pcm_s16le", "out.mp4")])
def test_what_comes_after_a_gap_stays_with_its_pictures(tmp_path, codec, target):
    clip = make_clip(tmp_path / "whole.mkv", 75, sound=(codec, 48_000))
    clip = remade(clip, tmp_path / "clip.mkv", lambda index, time_s, data: None if is_silent(time_s) else data)
    path = copied(clip, tmp_path / target)
    assert onsets_s(path) == pytest.approx([0.5, 1.5, 2.5], abs=0.03)
    assert codec_and_length_s(path)[1] == pytest.approx(3.0, abs=0.06)


@pytest.mark.parametrize(
    ("codec", "target"),
    [("aac", "out.webm"), ("flac", "out.mov"), ("ac3", "out.mp4"), ("ac3", "out.mkv"), ("eac3", "out.mov")],
)
def test_what_comes_after_broken_packets_stays_with_its_pictures(tmp_path, codec, target):
    """MP4 refuses an AC-3 packet without its beginning."""
    clip = make_clip(tmp_path / "whole.mkv", 75, sound=(codec, 48_000))
    broken = remade(
        clip, tmp_path / "clip.mkv", lambda index, time_s, data: b"\xff" * len(data) if is_silent(time_s) else data
    )
    path = copied(broken, tmp_path / target)
    assert onsets_s(path) == pytest.approx([0.5, 1.5, 2.5], abs=0.03)
    assert codec_and_length_s(path)[1] == pytest.approx(3.0, abs=0.06)


@pytest.mark.parametrize("target", ["out.webm", "out.mov"])
def test_broadcast_sound_that_becomes_stereo_for_a_while_is_encoded_to_its_end(tmp_path, target):
    mono, stereo = (make_clip(tmp_path / f"{count}.mkv", 75, sound=("mp2", 48_000), channels=count) for count in (1, 2))
    with av.open(str(stereo)) as container:
        others = [bytes(packet) for packet in container.demux(audio=0)]
    clip = remade(mono, tmp_path / "c.mkv", lambda index, time_s, data: others[index] if 1 < time_s < 2 else data)
    path = copied(clip, tmp_path / target)
    assert onsets_s(path) == pytest.approx([0.5, 1.5, 2.5], abs=0.03)
    assert codec_and_length_s(path)[1] == pytest.approx(3.0, abs=0.06)


@pytest.mark.parametrize("target", ["out.mkv", "out.mp4"])
@pytest.mark.parametrize("codec", ["ac3", "mp2"])
def test_two_recordings_one_after_the_other_in_a_file_become_one(tmp_path, codec, target):
    clip = make_clip(tmp_path / "clip.ts", 50, sound=(codec, 48_000))
    clip.write_bytes(2 * clip.read_bytes())  # the second begins again at the first one's time
    path = copied(clip, tmp_path / target)
    assert len(list(VideoFile(str(path)))) == 100
    assert onsets_s(path) == pytest.approx([0.5, 1.5, 2.5, 3.5], abs=0.05)
    assert codec_and_length_s(path)[1] == pytest.approx(4.0, abs=0.06)


@pytest.mark.parametrize("target", ["out.mp4", "out.webm"])
@pytest.mark.parametrize("failure", [OSError(errno.EIO, "no disk"), av.error.InvalidDataError(1, "broken")])
def test_of_a_source_that_breaks_off_all_is_kept_that_could_be_read(tmp_path, monkeypatch, target, failure):
    monkeypatch.setattr(sound, "open_container", lambda file: Input(file, failure, 0.9))
    clip = make_clip(tmp_path / "clip.mkv", 50, sound=("aac", 48_000))
    path = copied(clip, tmp_path / target)
    assert len(list(VideoFile(str(path)))) == 50
    assert onsets_s(path) == pytest.approx([0.5], abs=0.03)
    assert 0.9 <= codec_and_length_s(path)[1] < 0.95


@pytest.mark.parametrize("fails", [False, True])
def test_the_file_that_the_sound_comes_from_is_closed_with_the_sink_also_when_its_end_cannot_be_written(
    tmp_path, monkeypatch, fails
):
    opened = []
    monkeypatch.setattr(sound, "open_container", lambda file: opened.append(Input(file)) or opened[-1])
    clip = make_clip(tmp_path / "clip.mp4", sound=("aac", 48_000))
    stream = Stream(SMALL, 25.0, lossless=True, sound_from=str(clip))
    sink = FileSink(build({"output": {"file": str(tmp_path / "out.mp4")}}), stream)
    sink.write(picture_of(0), Frame(picture_of(0), 0, 0.0))
    assert [file.is_open for file in opened] == [True]
    if fails:

        def refuse(writer, packets):
            raise OSError(errno.EIO, "Input/output error")

        monkeypatch.setattr(VideoWriter, "_mux", refuse)
        with pytest.raises(SinkLost, match="input/output error"):
            sink.close()
    sink.close()
    assert [file.is_open for file in opened] == [False]
