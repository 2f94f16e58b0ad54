import gc
import logging
import subprocess
import sys
import threading

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_clips import index_of, make_clip
from PIL import Image

from live_seg.effects.background import cover, open_background
from live_seg.errors import UsageError
from live_seg.frame import Size

SMALL = Size(64, 48)


@pytest.mark.parametrize(
    ("text", "bgr"), [("#00b140", (64, 177, 0)), ("#FFF", (255, 255, 255)), ("#1a2B3c", (60, 43, 26))]
)
def test_a_colour_fills_the_frame(text, bgr):
    background = open_background(text)
    for size in (Size(7, 5), Size(3, 9)):
        image = background(size)
        assert Size.of(image) == size
        assert (image == bgr).all()


@pytest.mark.parametrize("text", ["#00b1", "#xyzxyz", "#", "#00b14000"])
def test_a_wrong_colour_shows_a_right_one(text):
    with pytest.raises(UsageError, match="Write it like #00b140"):
        open_background(text)


def test_a_word_is_no_background():
    with pytest.raises(UsageError, match=r"'beach' is no background\. Give a picture"):
        open_background("beach")


UNUSABLE = {"missing.jpg": None, "text.jpg": b"text", "text.mp4": b"text", "empty.mp4": b""}


@pytest.mark.parametrize(("name", "content"), UNUSABLE.items())
def test_a_file_that_cannot_be_used_is_refused_at_once(tmp_path, name, content):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(UsageError, match=name):
        open_background(str(tmp_path / name))


def test_a_picture_fills_the_frame_undistorted_and_is_fitted_once(tmp_path):
    picture = np.zeros((100, 300, 3), np.uint8)
    cv2.circle(picture, (150, 50), 40, (255, 255, 255), cv2.FILLED)
    (tmp_path / "beach.png").write_bytes(cv2.imencode(".png", picture)[1].tobytes())
    background = open_background(str(tmp_path / "beach.png"))
    image = background(Size(200, 200))
    bright = image[..., 0] > 127
    assert abs(bright.any(0).sum() - 160) <= 2
    assert abs(bright.any(1).sum() - 160) <= 2
    assert background(Size(200, 200)) is image
    assert background(Size(50, 20)).shape == (20, 50, 3)
    assert np.array_equal(background(Size(200, 200)), image)  # of the picture, and not of what was made small


sides = st.integers(1, 80)


@settings(max_examples=200)
@given(sides, sides, sides, sides)
def test_covering_leaves_no_gap_and_keeps_the_middle(width, height, asked_width, asked_height):
    picture = np.full((height, width, 3), 200, np.uint8)
    image = cover(picture, Size(asked_width, asked_height))
    assert image.shape == (asked_height, asked_width, 3)
    assert (image == 200).all()


class FakeClock:
    now = 50.0

    def __call__(self):
        return self.now


@pytest.fixture
def playing(tmp_path):
    """A video of ten frames at 25 a second, and its clock."""
    clock = FakeClock()
    video = open_background(str(make_clip(tmp_path / "waves.mp4", 10)), clock)
    video.patience_s = float("inf")

    def shown_at(seconds):
        clock.now = 50 + seconds
        return index_of(video(SMALL))

    return shown_at


def test_a_video_plays_at_its_own_speed(playing):
    assert [playing(index / 60) for index in range(13)] == [int(25 * index / 60 + 1e-6) for index in range(13)]


def test_a_video_begins_anew_at_its_end(playing):
    assert [playing(index / 25) for index in range(26)] == [index % 10 for index in range(26)]


def test_a_video_goes_on_from_where_it_was_after_a_long_stop(playing):
    assert [playing(0), playing(3600), playing(3600.05), playing(3600.09)] == [0, 1, 2, 3]


def test_a_video_is_fitted_to_any_size(tmp_path):
    video = open_background(str(make_clip(tmp_path / "waves.mp4", 10)), FakeClock())
    for size in (Size(30, 90), Size(1, 1), Size(64, 48)):
        assert Size.of(video(size)) == size


def test_frames_that_were_given_are_not_written_to(tmp_path):
    clock = FakeClock()
    video = open_background(str(make_clip(tmp_path / "waves.mp4", 10)), clock)
    video.patience_s = float("inf")
    first = video(SMALL)
    before = first.copy()
    clock.now += 0.2
    assert index_of(video(SMALL)) == 5
    assert np.array_equal(first, before)


def test_a_video_that_is_gone_stands_still(tmp_path, caplog):
    caplog.set_level(logging.WARNING, "live_seg")
    path = make_clip(tmp_path / "waves.mp4", 3)
    clock = FakeClock()
    video = open_background(str(path), clock)
    video.patience_s = float("inf")
    path.unlink()
    for step in range(10):
        clock.now = 50 + step / 25
        image = video(SMALL)
    assert index_of(image) == 2
    assert "the background stands still: there is no file" in caplog.text


def test_a_video_that_breaks_off_is_said_to_once(tmp_path, caplog):
    path = make_clip(tmp_path / "waves.mkv", 60)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    clock = FakeClock()
    video = open_background(str(path), clock)
    video.patience_s = float("inf")
    seen = []
    for step in range(100):
        clock.now = 50 + step / 25
        seen.append(index_of(video(SMALL)))
    assert seen.count(0) > 2
    assert caplog.text.count("breaks off") == 1


def test_a_gif_of_one_picture_is_decoded_once(tmp_path):
    path = tmp_path / "still.gif"
    Image.new("RGB", (64, 48), (10, 200, 30)).save(path)
    clock = FakeClock()
    video = open_background(str(path), clock)
    video.patience_s = 5.0
    video(SMALL)
    threads = [thread for thread in threading.enumerate() if thread.name == "background"]
    for thread in threads:
        thread.join(5)
    assert not any(thread.is_alive() for thread in threads), "it was read again and again"
    clock.now += 100
    for size in (SMALL, Size(30, 90)):
        assert Size.of(video(size)) == size
        assert np.abs(video(size).astype(int) - (30, 200, 10)).max() < 12


def test_its_thread_ends_when_nobody_holds_it(tmp_path):
    video = open_background(str(make_clip(tmp_path / "waves.mp4", 10)), FakeClock())
    video(SMALL)
    thread = next(thread for thread in threading.enumerate() if thread.name == "background")
    del video
    gc.collect()
    thread.join(5)
    assert not thread.is_alive()


def test_the_program_ends_well_while_a_frame_is_being_made(tmp_path):
    """A thread that comes back from C++ into an interpreter that is gone brings the process down."""
    file = make_clip(tmp_path / "waves.mp4", 10)
    code = (
        "import sys; from live_seg.effects.background import open_background; from live_seg.frame import Size;"
        "video = open_background(sys.argv[1]); video(Size(4000, 3000))"
    )
    for _ in range(3):
        done = subprocess.run([sys.executable, "-c", code, str(file)], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")


def test_a_video_whose_second_frame_was_not_decoded_yet_plays_at_its_own_speed_all_the_same(tmp_path, monkeypatch):
    clock = FakeClock()
    clock.now = 0.0  # it is fitted to the size before the first frame tells the time
    video = open_background(str(make_clip(tmp_path / "waves.mp4", 10)), clock)
    with monkeypatch.context() as slow:
        first = video._decoder.take
        slow.setattr(video._decoder, "take", lambda patience_s: first(patience_s) if patience_s > 1 else None)
        video(SMALL)
    video.patience_s = 5.0
    seen = []
    for step in range(8):
        clock.now = 36_000 + step / 25
        seen.append(index_of(video(SMALL)))
    assert seen == [1, 2, 3, 4, 5, 6, 7, 8]
