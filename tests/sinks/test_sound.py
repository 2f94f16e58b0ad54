from fractions import Fraction

import av
import numpy as np
import pytest
from made_clips import SMALL, make_clip, onsets_s, picture_of
from sounding import codec_and_length_s, copied

from live_seg.config import build
from live_seg.frame import Frame, Size
from live_seg.media import VideoFile
from live_seg.sinks import Stream
from live_seg.sinks.file import FileSink, _pixel_aspect


@pytest.mark.parametrize(
    ("source", "sound", "target", "codec"),
    [
        ("clip.mp4", ("aac", 44_100), "out.mp4", "aac"),
        ("clip.mp4", ("aac", 44_100), "out.mkv", "aac"),
        ("clip.mp4", ("aac", 44_100), "out.webm", "opus"),
        ("clip.mkv", ("libopus", 48_000), "out.webm", "opus"),
        ("clip.mkv", ("libopus", 48_000), "out.mov", "aac"),
        ("clip.mkv", ("pcm_s16le", 22_050), "out.mp4", "aac"),
        ("clip.mkv", ("pcm_s16le", 44_100), "out.mov", "pcm_s16le"),
        ("clip.mkv", ("pcm_s16le", 192_000), "out.mp4", "aac"),
        ("clip.avi", ("pcm_u8", 22_255), "out.mp4", "aac"),
        ("clip.mkv", ("libmp3lame", 44_100), "out.mp4", "mp3float"),
        ("clip.ts", ("aac", 48_000), "out.mp4", "aac"),
        ("clip.ts", ("mp2", 44_100), "out.mp4", "aac"),
    ],
)
def test_sound_stays_with_its_pictures(tmp_path, source, sound, target, codec):
    clip = make_clip(tmp_path / source, 75, sound=sound)
    path = copied(clip, tmp_path / target)
    named, length_s = codec_and_length_s(path)
    assert named == codec
    assert length_s == pytest.approx(3.0, abs=0.06)
    assert onsets_s(path) == pytest.approx([0.5, 1.5, 2.5], abs=0.03)


@pytest.mark.parametrize(
    ("sound", "target", "codec"),
    [
        (("aac", 44_100), "out.mp4", "aac"),
        (("aac", 44_100), "out.webm", "opus"),
        (("libopus", 48_000), "out.mov", "aac"),
        (("pcm_s16le", 22_050), "out.mp4", "aac"),
    ],
)
def test_left_and_right_stay_apart(tmp_path, sound, target, codec):
    clip = make_clip(tmp_path / "clip.mkv", 50, sound=sound, channels=2)
    path = copied(clip, tmp_path / target)
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        assert (stream.codec_context.name, stream.layout.name) == (codec, "stereo")
        samples = np.concatenate([frame.to_ndarray() for frame in container.decode(stream)], axis=1)
    left, right = np.abs(samples).max(1)
    assert left > 0.4
    assert right < 0.05
    assert onsets_s(path) == pytest.approx([0.5, 1.5], abs=0.03)


@pytest.mark.parametrize("target", ["out.webm", "out.mov"])
def test_one_channel_stays_one(tmp_path, target):
    clip = make_clip(tmp_path / "clip.mkv", sound=("mp2", 48_000))
    with av.open(str(copied(clip, tmp_path / target))) as container:
        assert container.streams.audio[0].layout.name == "mono"


def test_sound_that_matroska_has_no_name_for_is_encoded_anew(tmp_path):
    clip = make_clip(tmp_path / "clip.avi", 75, sound=("adpcm_ms", 44_100))
    path = copied(clip, tmp_path / "out.mkv")
    assert codec_and_length_s(path)[0] == "aac"
    assert onsets_s(path) == pytest.approx([0.5, 1.5, 2.5], abs=0.03)


def test_sound_stays_with_pictures_that_were_shown_meanwhile(tmp_path):
    clip = make_clip(tmp_path / "clip.mp4", 50, sound=("aac", 44_100))
    stream = Stream(SMALL, 25.0, lossless=True, sound_from=str(clip))
    with FileSink(build({"output": {"file": str(tmp_path / "out.mp4")}}), stream) as sink:
        for index in range(50):  # at half its speed, and stamped with a clock
            sink.write(picture_of(index), Frame(picture_of(index), index, 7000 + index / 12.5))
    assert onsets_s(tmp_path / "out.mp4") == pytest.approx([0.5, 1.5], abs=0.03)
    assert codec_and_length_s(tmp_path / "out.mp4")[1] == pytest.approx(2.0, abs=0.06)


def test_sound_ends_with_the_pictures(tmp_path):
    clip = make_clip(tmp_path / "clip.mp4", 75, sound=("aac", 44_100))
    path = copied(clip, tmp_path / "out.mp4", frames=25)
    assert codec_and_length_s(path)[1] == pytest.approx(1.0, abs=0.06)


def test_pictures_that_begin_later_keep_their_sound(tmp_path):
    clip = make_clip(tmp_path / "clip.mkv", 50, times=[1000 + 40 * index for index in range(50)], sound=("aac", 44_100))
    with av.open(str(clip)) as container:
        assert container.streams.video[0].start_time * container.streams.video[0].time_base == Fraction(1)
    path = copied(clip, tmp_path / "out.mp4")
    assert onsets_s(path)[0] == pytest.approx(0.5, abs=0.03)  # the tone of 1.5 s


def test_a_clip_without_sound_gives_one_without_sound(tmp_path):
    path = copied(make_clip(tmp_path / "clip.mp4"), tmp_path / "out.mp4")
    with av.open(str(path)) as container:
        assert not container.streams.audio


def test_pixels_that_are_not_square_stay_so(tmp_path):
    clip = tmp_path / "clip.mp4"
    with av.open(str(clip), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = *SMALL, "yuv420p"
        stream.codec_context.sample_aspect_ratio = Fraction(15, 16)
        container.mux(stream.encode(av.VideoFrame.from_ndarray(picture_of(0), format="bgr24")))
        container.mux(stream.encode(None))
    with av.open(str(copied(clip, tmp_path / "out.mp4"))) as container:
        assert container.streams.video[0].sample_aspect_ratio == Fraction(15, 16)
    assert _pixel_aspect(str(clip), Size(*SMALL[::-1])) == Fraction(16, 15)  # shown turned upright
    assert _pixel_aspect(str(clip), Size(30, 30)) == 1  # another size: what it was scaled by is not known


def test_sound_in_an_unknown_coding_is_left_out_and_that_is_said(tmp_path, caplog):
    clip = make_clip(tmp_path / "clip.mkv", sound=("ac3", 48_000))
    clip.write_bytes(clip.read_bytes().replace(b"A_AC3", b"A_XC3"))
    path = copied(clip, tmp_path / "out.mp4")
    assert len(list(VideoFile(str(path)))) == 10
    assert "the sound of" in caplog.text
    assert "is left out" in caplog.text


def test_titles_that_are_no_utf_8_do_not_matter_to_the_sound(tmp_path):
    clip = make_clip(tmp_path / "clip.mkv", 25, sound=("aac", 44_100))
    clip.write_bytes(clip.read_bytes().replace(b"Lavf", "Фильм".encode("cp1251")[:4]))
    assert onsets_s(copied(clip, tmp_path / "out.mp4")) == pytest.approx([0.5], abs=0.03)
