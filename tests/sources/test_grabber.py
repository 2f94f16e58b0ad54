import itertools
import threading

import cv2
import numpy as np
import pytest
from fake_capture import FakeCapture

from live_seg.sources.grabber import Grabber

LONG_S = 30.0  # never reached: what is waited for comes at once


@pytest.fixture
def capture():
    return FakeCapture(size=(8, 4))


@pytest.fixture
def grabber(capture):
    ticks = itertools.count(100)
    grabber = Grabber(capture, clock=lambda: float(next(ticks)), is_gone=lambda: False, pause_s=0)
    yield grabber
    capture.pull()
    grabber.close()


def test_the_newest_picture_wins_and_none_comes_twice(capture, grabber):
    for value in (1, 2, 3):
        capture.give(value)
    seen = []
    while not seen or seen[-1] != 3:
        seen.append(int(grabber.take(LONG_S).image[0, 0, 0]))
    assert seen == sorted(set(seen))
    assert grabber.take(0) is None


def test_a_look_leaves_the_picture_there(capture, grabber):
    capture.give(7)
    assert grabber.peek(LONG_S).image[0, 0, 0] == 7
    assert grabber.take(LONG_S).image[0, 0, 0] == 7


def test_the_time_is_the_clocks_when_the_picture_came(capture, grabber):
    capture.give(1)
    assert grabber.take(LONG_S).time == 100.0
    capture.give(2)
    assert grabber.take(LONG_S).time == 101.0


def test_where_the_picture_comes_while_it_is_retrieved_its_time_is_the_clocks_after_that():
    passed = []

    class Slow(FakeCapture):
        def retrieve(self):
            passed.append(0.2)  # the wait of a camera with five pictures a second
            return super().retrieve()

    capture = Slow(size=(8, 4))
    grabber = Grabber(capture, lambda: sum(passed), is_gone=lambda: False, pause_s=0, waits_in_retrieve=True)
    capture.give(1)
    assert grabber.take(LONG_S).time == 0.2
    capture.pull()
    grabber.close()


def test_a_given_picture_is_never_written_to_again(capture, grabber):
    capture.give(1)
    first = grabber.take(LONG_S).image
    capture.give(2)
    second = grabber.take(LONG_S).image
    assert first is not second and not np.shares_memory(first, second)
    assert (first == 1).all()


def test_a_corrupt_picture_now_and_then_is_no_loss(capture, grabber):
    capture.fail(Grabber.most_failures - 1)
    capture.give(5)
    assert grabber.take(LONG_S).image[0, 0, 0] == 5
    capture.fail(Grabber.most_failures - 1)
    capture.give(6)
    assert grabber.take(LONG_S).image[0, 0, 0] == 6
    assert not grabber.ended


def test_many_failures_in_a_row_are_a_loss_and_release_the_device(capture, grabber):
    capture.fail(Grabber.most_failures)
    assert grabber.take(LONG_S) is None
    assert grabber.ended
    assert capture.released.is_set()


def test_one_failure_is_enough_when_the_device_has_disappeared():
    capture = FakeCapture()
    grabber = Grabber(capture, clock=lambda: 0.0, is_gone=lambda: True, pause_s=LONG_S)
    capture.fail(1)
    assert grabber.take(LONG_S) is None
    assert grabber.ended


def test_an_exception_of_opencv_is_a_loss(capture, grabber):
    capture.fail(1, cv2.error("broken"))
    assert grabber.take(LONG_S) is None
    assert grabber.ended and capture.released.is_set()


def test_closing_does_not_wait_for_a_read_that_hangs_and_the_device_is_released_later(capture):
    grabber = Grabber(capture, clock=lambda: 0.0, is_gone=lambda: False)
    assert capture.grabbing.wait(LONG_S)
    grabber.close(patience_s=0)
    assert not capture.released.is_set()  # never from another thread while a read is in the driver
    capture.give(1)
    assert capture.released.wait(LONG_S)


def test_closing_twice_is_one_closing(capture):
    grabber = Grabber(capture, clock=lambda: 0.0, is_gone=lambda: False, pause_s=0)
    capture.pull()
    grabber.close()
    grabber.close()
    assert capture.released.is_set()
    assert "camera" not in [thread.name for thread in threading.enumerate()]


@pytest.mark.parametrize(
    "image",
    [np.full((4, 8), 9, np.uint8), np.full((4, 8, 1), 9, np.uint8), np.full((4, 8), 9 << 8, np.uint16)],
    ids=["grey", "one channel", "16 bits"],
)
def test_an_infrared_cameras_picture_gets_three_channels(capture, grabber, image):
    capture.give(image=image)
    taken = grabber.take(LONG_S).image
    assert taken.shape == (4, 8, 3) and taken.dtype == np.uint8 and (taken == 9).all()
