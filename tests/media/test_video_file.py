import itertools
import logging
import subprocess
import sys
from fractions import Fraction

import av
import numpy as np
import pytest
from made_clips import index_of, make_clip, picture_of, turn

from live_seg.errors import UsageError
from live_seg.frame import Size
from live_seg.media import VideoFile, video


def read(path):
    file = VideoFile(str(path))
    frames = list(file)
    file.close()
    return file, frames


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "mov", "ts", "avi"])
def test_every_frame_comes_once_in_order(tmp_path, suffix):
    coding = {"codec": "mjpeg", "pixels": "yuvj420p"} if suffix == "avi" else {}
    file, frames = read(make_clip(tmp_path / f"clip.{suffix}", 30, **coding))
    assert [index_of(image) for _, image in frames] == [index % 26 for index in range(30)]
    assert file.size == Size(64, 48)
    assert file.fps == pytest.approx(25)
    assert [time_s for time_s, _ in frames] == pytest.approx([index / 25 for index in range(30)], abs=0.0011)


def test_frames_are_arrays_of_their_own(tmp_path):
    _, frames = read(make_clip(tmp_path / "clip.mp4"))
    assert len({image.ctypes.data for _, image in frames}) == len(frames)


def test_a_variable_rate_is_kept(tmp_path):
    times = [0, 40, 80, 500, 540, 1000]
    _, frames = read(make_clip(tmp_path / "clip.mkv", 6, times=times))
    assert [time_s for time_s, _ in frames] == pytest.approx([time / 1000 for time in times], abs=0.001)


def test_a_rate_of_30000_1001_is_told_exactly(tmp_path):
    file, _ = read(make_clip(tmp_path / "clip.mp4", rate=Fraction(30000, 1001)))
    assert Fraction(file.fps).limit_denominator(1001) == Fraction(30000, 1001)


@pytest.mark.parametrize("size", [Size(1920, 1080), Size(641, 359), Size(2, 2)])
def test_any_size_is_read(tmp_path, size):
    file, frames = read(make_clip(tmp_path / "clip.mkv", 2, size, pixels="yuv444p"))
    assert file.size == size
    assert [index_of(image) for _, image in frames] == [0, 1]


def test_a_clip_of_one_frame_is_a_video(tmp_path):
    _, frames = read(make_clip(tmp_path / "clip.mp4", 1))
    assert len(frames) == 1


@pytest.mark.parametrize(("degrees", "corner"), [(0, (0, 0)), (90, (0, -1)), (180, (-1, -1)), (270, (-1, 0))])
def test_clips_of_phones_are_turned_upright(tmp_path, degrees, corner):
    path = tmp_path / "phone.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"crf": "1"})
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        image = np.zeros((48, 64, 3), np.uint8)
        image[:16, :16] = 255  # bright where the camera's upper left was
        container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24")))
        container.mux(stream.encode(None))
    file, frames = read(turn(path, degrees))
    shown = frames[0][1]
    assert file.size == (Size(48, 64) if degrees in (90, 270) else Size(64, 48)) == Size.of(shown)
    assert shown[corner].min() > 200
    assert shown.mean() < 60


def test_a_name_with_a_colon_is_a_file(tmp_path):
    assert len(read(make_clip(tmp_path / "12:30 Ü.mp4"))[1]) == 10


@pytest.mark.parametrize("suffix", ["mkv", "ts"])
def test_a_file_that_breaks_off_gives_what_can_be_decoded(tmp_path, suffix, caplog):
    path = make_clip(tmp_path / f"clip.{suffix}", 120, Size(320, 240))
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    with caplog.at_level(logging.WARNING, "live_seg"):
        _, frames = read(path)
    assert 20 <= len(frames) < 100
    assert [index_of(image) for _, image in frames[:-1]] == [index % 26 for index in range(len(frames) - 1)]
    if suffix == "mkv":  # a transport stream does not say how long it is
        assert "breaks off after" in caplog.text


def test_a_whole_file_is_not_said_to_break_off(tmp_path, caplog):
    for suffix in ("mp4", "mkv"):
        read(make_clip(tmp_path / f"clip.{suffix}", 60, sound=("aac", 44100)))
    assert not caplog.text


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "webm", "ts"])
def test_nor_is_one_whose_first_picture_comes_late(tmp_path, suffix, caplog):
    codec = "libvpx-vp9" if suffix == "webm" else "libx264"
    file, _ = read(make_clip(tmp_path / f"clip.{suffix}", 10, times=[5000 + 40 * n for n in range(10)], codec=codec))
    assert file._start_s > 4
    assert not caplog.text


def test_a_file_that_is_damaged_in_its_middle_is_read_to_its_end_and_that_is_said(tmp_path, caplog):
    path = make_clip(tmp_path / "clip.mp4", 60, Size(320, 240))
    data = bytearray(path.read_bytes())
    middle = data.index(b"mdat") + len(data) // 3
    data[middle : middle + 1500] = b"\xaa" * 1500
    path.write_bytes(data)
    _, frames = read(path)
    assert 20 < len(frames) < 60
    assert frames[-1][0] > 2
    assert "is damaged" in caplog.text
    assert "packets cannot be decoded and are left out" in caplog.text


def test_an_mp4_without_its_index_is_refused(tmp_path):
    path = make_clip(tmp_path / "clip.mp4", 50)
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(UsageError, match="has no index: its recording or copying was cut short"):
        VideoFile(str(path))


@pytest.mark.parametrize("name", ["text.mp4", "text.txt", "text.mkv", "list.m3u8"])
def test_a_text_is_refused(tmp_path, name):
    (tmp_path / name).write_text("just some text\n" * 200)
    with pytest.raises(UsageError, match=rf"{name} cannot be read as a video"):
        VideoFile(str(tmp_path / name))


def test_sound_without_pictures_is_refused(tmp_path):
    path = tmp_path / "song.m4a"
    with av.open(str(path), "w") as container:
        track = container.add_stream("aac", rate=44100, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 44100
        container.mux(track.encode(frame))
        container.mux(track.encode(None))
    with pytest.raises(UsageError, match="it has sound and no pictures"):
        VideoFile(str(path))


@pytest.mark.parametrize("standard", [1, 5])
@pytest.mark.parametrize("full", [False, True])
def test_colours_are_those_that_the_file_means(tmp_path, standard, full):
    red, green, blue = 200, 60, 90
    weights = {1: (0.2126, 0.0722), 5: (0.299, 0.114)}[standard]
    luma = weights[0] * red + (1 - sum(weights)) * green + weights[1] * blue
    chroma = (blue - luma) / (2 - 2 * weights[1]), (red - luma) / (2 - 2 * weights[0])
    scale, foot = ((1.0, 0), (1.0, 128)) if full else ((219 / 255, 16), (224 / 255, 128))
    values = [scale[0] * luma + scale[1], *(foot[0] * part + foot[1] for part in chroma)]
    path = tmp_path / "clip.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"crf": "1"})
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        context = stream.codec_context
        context.colorspace, context.color_range = standard, 2 if full else 1
        frame = av.VideoFrame(64, 48, "yuv420p")
        frame.colorspace, frame.color_range = standard, 2 if full else 1
        for plane, value in zip(frame.planes, values, strict=True):
            plane.update(bytes([round(value)]) * plane.buffer_size)
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    _, frames = read(path)
    assert np.abs(frames[0][1].reshape(-1, 3).mean(0) - [blue, green, red]).max() <= 3


def test_closing_twice_is_allowed(tmp_path):
    file = VideoFile(str(make_clip(tmp_path / "clip.mp4")))
    file.close()
    file.close()


def test_the_package_is_imported_without_its_decoder():
    code = "import sys, live_seg.sources, live_seg.sinks, live_seg.effects.background; sys.exit('av' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_clips_of_these_tests_say_their_index():
    assert [index_of(picture_of(index)) for index in range(26)] == list(range(26))


def test_titles_that_are_no_utf_8_do_not_matter(tmp_path):
    path = make_clip(tmp_path / "clip.mkv")
    data = path.read_bytes()
    assert b"Lavf" in data
    path.write_bytes(data.replace(b"Lavf", "Фильм".encode("cp1251")[:4]))  # as old AVI files have them
    assert len(read(path)[1]) == 10


def test_pictures_in_an_unknown_coding_are_refused_in_one_line(tmp_path):
    path = make_clip(tmp_path / "clip.mkv")
    path.write_bytes(path.read_bytes().replace(b"V_MPEG4/ISO/AVC", b"V_MPEG9/ISO/XYZ"))
    with pytest.raises(UsageError, match=r"clip.mkv cannot be read as a video: .* coded in a way that is not known"):
        VideoFile(str(path))


def test_a_broken_file_may_be_closed_before_its_last_pictures_are_read(tmp_path, monkeypatch):
    class Broken:
        def __init__(self, container):
            self._container = container

        def __getattr__(self, name):
            return getattr(self._container, name)

        def demux(self, stream):
            yield from itertools.islice(self._container.demux(stream), 20)
            raise av.error.InvalidDataError(1, "broken")

    unraised = []
    monkeypatch.setattr(sys, "unraisablehook", unraised.append)
    monkeypatch.setattr(video, "open_container", lambda file: Broken(av.open(str(file))))
    path = tmp_path / "clip.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"bf": "3"})
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for index in range(30):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture_of(index), format="bgr24")))
        container.mux(stream.encode(None))
    for count in range(14, 20):
        file = VideoFile(str(path))
        assert len(list(itertools.islice(file, count))) == count
        file.close()
    assert not unraised
