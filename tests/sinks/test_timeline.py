import itertools
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from live_seg.sinks.timeline import Timeline

rates = st.sampled_from(
    [Fraction(25), Fraction(30000, 1001), Fraction(24000, 1001), Fraction(477, 16), Fraction(15, 2)]
)
times = st.lists(st.floats(-10, 1000, allow_nan=False), min_size=1, max_size=60)


@given(rates, st.integers(2, 400), st.floats(0, 10_000))
def test_pictures_of_a_steady_file_lie_exactly_at_n_by_fps(rate, count, start_s):
    timeline = Timeline(float(rate), lossless=True)
    assert timeline.rate == rate
    for number in range(count):
        ticks = timeline.place(start_s + float(number / rate))
        assert ticks * timeline.time_base == number / rate
    assert timeline.end_s == pytest.approx(float(count / rate))


@given(rates, st.integers(2, 400))
def test_times_in_whole_milliseconds_mean_n_by_fps(rate, count):
    timeline = Timeline(float(rate), lossless=True)
    for number in range(count):
        ticks = timeline.place(round(float(number / rate), 3))
        assert ticks * timeline.time_base == number / rate


@given(rates, times, st.booleans())
def test_places_rise_whatever_the_times(rate, times_s, lossless):
    timeline = Timeline(float(rate), lossless)
    places = [timeline.place(time_s) for time_s in times_s]
    assert places[0] == 0
    assert all(one < other for one, other in itertools.pairwise(places))


@given(rates, st.lists(st.integers(10, 2000), min_size=1, max_size=50), st.booleans())
def test_other_times_are_kept_to_a_tenth_of_a_millisecond(rate, gaps_ms, lossless):
    times_s = [0.0, *(total / 1000 for total in itertools.accumulate(gaps_ms))]
    timeline = Timeline(float(rate), lossless)
    tolerance = 0.0011 if lossless else 0.0001
    for time_s in times_s:
        assert timeline.seconds(timeline.place(50 + time_s)) == pytest.approx(time_s, abs=tolerance)


def test_times_of_a_clock_are_not_taken_for_those_of_the_file():
    timeline = Timeline(25.0, lossless=True)
    places = [timeline.seconds(timeline.place(time_s)) for time_s in (5000.0, 5000.1, 5000.11, 5003.0)]
    assert places == pytest.approx([0, 0.04, 0.08, 0.12])


def test_frames_without_times_lie_a_frame_apart():
    timeline = Timeline(25.0, lossless=True)
    assert [timeline.seconds(timeline.place(0.0)) for _ in range(3)] == pytest.approx([0, 0.04, 0.08])


@pytest.mark.parametrize("fps", [0.0001, 1, 29.97, 240, 1000])
def test_any_rate_gives_a_time_base_that_containers_take(fps):
    time_base = Timeline(fps, lossless=True).time_base
    assert time_base.numerator == 1
    assert time_base.denominator < 2**31


def test_nothing_written_has_no_length():
    assert Timeline(30, lossless=True).end_s == 0
