import pytest

from live_seg.frame import Frame, Size
from live_seg.sources import SourceBase
from live_seg.sources.paced import Paced


class Timed(SourceBase):
    name, size, fps, live = "timed", Size(1, 1), 25.0, False

    def __init__(self, times, clock=None, slowness_s=0.0):
        self.times = list(times)
        self.closed = 0
        self.clock, self.slowness_s = clock, slowness_s

    def read(self, timeout_s):
        if self.clock:
            self.clock.now += self.slowness_s
        return Frame(None, 0, self.times.pop(0)) if self.times else None

    def close(self):
        self.closed += 1


class FakeClock:
    """Time passes only by waiting."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now

    def wait(self, seconds):
        assert seconds > 0
        self.now += seconds


def given_at(source, count):
    return [source.read(1).time for _ in range(count)]


def test_frames_come_at_the_speed_of_their_file():
    clock = FakeClock()
    paced = Paced(Timed([7.0, 7.04, 7.08, 7.5]), clock, clock.wait)
    assert given_at(paced, 4) == pytest.approx([100.0, 100.04, 100.08, 100.5])
    assert paced.read(1) is None


def test_a_frame_that_is_a_little_late_does_not_delay_the_next():
    clock = FakeClock()
    paced = Paced(Timed([0, 0.04, 0.08]), clock, clock.wait)
    paced.read(1)
    clock.now += 0.05
    assert given_at(paced, 2) == pytest.approx([100.05, 100.08])


def test_after_a_long_stop_it_goes_on_at_its_own_speed():
    clock = FakeClock()
    paced = Paced(Timed([0, 0.04, 0.08, 0.12]), clock, clock.wait)
    paced.read(1)
    clock.now += 3600
    assert given_at(paced, 3) == pytest.approx([3700.0, 3700.04, 3700.08])


def test_a_source_that_is_too_slow_is_stamped_with_now():
    clock = FakeClock()
    paced = Paced(Timed([index / 25 for index in range(50)], clock, 0.1), clock, clock.wait)
    for _ in range(50):
        assert paced.read(1).time == clock.now


def test_a_wait_that_ends_early_is_no_harm():
    clock = FakeClock()
    paced = Paced(Timed([0, 1, 2]), clock, lambda seconds: clock.wait(seconds / 2))
    assert given_at(paced, 3) == pytest.approx([100.0, 100.5, 101.25])


def test_it_says_of_itself_what_its_source_says_and_closes_it():
    source = Timed([])
    with Paced(source, FakeClock()) as paced:
        assert (paced.name, paced.size, paced.fps, paced.live) == ("timed", Size(1, 1), 25.0, False)
    assert source.closed == 1
