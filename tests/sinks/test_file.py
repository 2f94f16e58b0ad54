"""Pictures go into a video file once, at their times, in their colours."""

from fractions import Fraction

import av
import numpy as np
import pytest
from made_clips import index_of
from written import folder_of, frames_of, opened, write

from live_seg.frame import Frame, Size
from live_seg.media import read_picture

VIDEOS = ["mp4", "m4v", "mkv", "mov", "webm"]


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


def test_one_picture_file_holds_the_last_picture(tmp_path):
    path = write(tmp_path / "out.png", 5)
    assert index_of(read_picture(str(path))) == 4
    assert folder_of(tmp_path) == ["out.png"]


def test_numbered_picture_files_hold_every_picture(tmp_path):
    write(tmp_path / "out-%03d.jpg", 3)
    assert folder_of(tmp_path) == ["out-000.jpg", "out-001.jpg", "out-002.jpg"]
    assert [index_of(read_picture(str(tmp_path / f"out-{index:03d}.jpg"))) for index in range(3)] == [0, 1, 2]


@pytest.mark.parametrize("name", ["%d.png", "out%d_small.png", "out%d-1.png", "%02dth.png"])
def test_a_name_with_a_number_in_it_is_a_file_a_picture(tmp_path, name):
    write(tmp_path / name, 2)
    assert folder_of(tmp_path) == [name % 0, name % 1]


@pytest.mark.parametrize("name", ["100%done.png", "50%dünn.png"])
def test_a_percent_sign_before_a_word_is_no_number(tmp_path, name):
    write(tmp_path / name, 2)
    assert folder_of(tmp_path) == [name]
