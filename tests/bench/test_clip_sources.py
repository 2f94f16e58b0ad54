"""Frames in memory, flat out and as a camera."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from live_seg.bench.clip import STILL, Camera, Endless, read_clip, write_clip
from live_seg.bench.loops import straightforward
from live_seg.bench.round import SINK
from live_seg.frame import Frame, Image, Size
from live_seg.live.statistics import Statistics

IMAGES: list[Image] = [np.full((4, 6, 3), level, np.uint8) for level in range(3)]


class FakeClock:
    """Time passes by waiting, and where a test says so."""

    def __init__(self, oversleeps_s: float = 0.0) -> None:
        self.now = 50.0
        self.oversleeps_s = oversleeps_s

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds + self.oversleeps_s


def camera(clock: FakeClock, seconds: float = 1.0) -> Camera:
    return Camera(IMAGES, seconds, 30.0, clock, clock.wait)


def taken(source: Camera | Endless) -> Frame:
    frame = source.read(1)
    assert frame is not None
    return frame


def test_a_camera_gives_a_frame_each_thirtieth_of_a_second() -> None:
    clock = FakeClock()
    source = camera(clock)
    given = []
    while (frame := source.read(1)) is not None:
        assert clock.now == pytest.approx(frame.time)
        given.append(frame.time)
    assert given == pytest.approx([50 + number / 30 for number in range(30)])
    assert (source.given, source.missed) == (30, 0)


def test_frames_that_nobody_took_in_time_are_missed_and_the_newest_is_given() -> None:
    clock = FakeClock()
    source = camera(clock)
    taken(source)
    clock.now += 0.11  # frames 1 and 2 are over, 3 is due
    frame = taken(source)
    assert (frame.index, frame.time) == (3, pytest.approx(50.1))
    assert source.missed == 2


def test_a_late_wake_up_counts_as_delay() -> None:
    clock = FakeClock(oversleeps_s=0.004)
    source = camera(clock)
    taken(source)
    frame = taken(source)
    assert clock.now - frame.time == pytest.approx(0.004)


def test_after_a_long_stop_the_last_frame_is_given_and_then_none() -> None:
    clock = FakeClock()
    source = camera(clock)
    taken(source)
    clock.now += 60
    assert taken(source).index == 29
    assert source.read(1) is None
    assert (source.given, source.missed) == (30, 28)


def test_a_loop_that_takes_50_ms_shows_half_of_a_camera_and_says_how_late() -> None:
    clock, statistics = FakeClock(), Statistics(window=None)
    source = camera(clock, seconds=2.0)

    def matte(image: Image) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        clock.now += 0.05
        return np.ones(image.shape[:2], np.float32)

    straightforward(matte, "replace", source, statistics, clock)
    assert source.given == 60
    assert statistics.count(SINK) == 60 - source.missed
    assert statistics.count(SINK) == pytest.approx(40, abs=1)  # 20 a second
    assert 50 - 1e-6 <= statistics.delay(SINK).p50_ms <= 50 + 1000 / 30
    assert statistics.stages()["matte"].p95_ms == pytest.approx(50)


def test_flat_out_frames_come_as_they_are_taken_until_the_time_is_over() -> None:
    clock = FakeClock()
    source = Endless(IMAGES, 0.5, clock)
    levels = []
    while (frame := source.read(1)) is not None:
        assert frame.time == clock.now
        levels.append(int(frame.image[0, 0, 0]))
        clock.now += 0.1
    assert levels == [0, 1, 2, 1, 0]


@pytest.mark.parametrize("size", [Size(160, 90), Size(90, 160)])
def test_a_clip_is_written_once_and_mapped(tmp_path: Path, size: Size) -> None:
    write_clip("synthetic", size, tmp_path / "clip.npy")
    images = read_clip(tmp_path / "clip.npy")
    assert len(images) == 60
    assert Size.of(images[0]) == size
    assert not images[0].flags.writeable


def test_in_the_still_clip_nothing_differs_but_noise(tmp_path: Path) -> None:
    write_clip(STILL, Size(160, 90), tmp_path / "clip.npy")
    images = read_clip(tmp_path / "clip.npy")
    assert len(images) == 60
    assert 1 < np.abs(images[0].astype(int) - images[1]).mean() < 5
    assert np.abs(images[0].mean() - images[1].mean()) < 0.2
