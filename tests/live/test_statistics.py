"""What the loop tells of itself."""

from __future__ import annotations

import pytest
from fakes import ListSource, ManualClock, Recorder, ScriptedNetwork, loads
from loop_runs import GREEN, frames

from live_seg.live.pipeline import Pipeline
from live_seg.live.statistics import Statistics


def test_without_a_window_every_measurement_counts() -> None:
    all_of_it, lately = Statistics(window=None), Statistics(window=10)
    for statistics in (all_of_it, lately):
        for number in range(1000):
            statistics.took("matte", number / 1e3)
    assert all_of_it.stages()["matte"].p50_ms == pytest.approx(499.5)
    assert lately.stages()["matte"].p50_ms == pytest.approx(994.5)


def test_intervals_are_between_pictures_and_not_from_capture() -> None:
    statistics = Statistics()
    for now_s in (10.0, 10.1, 10.2, 10.5):
        statistics.shown("window", 1.0, now_s)
    assert statistics.intervals("window").p50_ms == pytest.approx(100)
    assert statistics.intervals("window").p99_ms == pytest.approx(296, abs=1)
    assert statistics.intervals("nothing").p50_ms == 0


def test_pictures_are_counted_in_all_and_their_rate_is_that_of_late() -> None:
    statistics = Statistics(window=3)
    for now_s in (1.0, 2.0, 3.0, 3.5, 4.0):
        statistics.shown("window", now_s - 0.04, now_s)
    assert statistics.count("window") == 5
    assert statistics.fps("window") == pytest.approx(2)
    assert statistics.delay("window").p50_ms == pytest.approx(40)


@pytest.mark.parametrize(("word", "lossless"), [("person", True), ("error", False)])
def test_pictures_that_show_nothing_are_counted(word: str, lossless: bool) -> None:
    source, network = ListSource(frames(20)), ScriptedNetwork([word])
    pipeline = Pipeline(GREEN, source, loads(network), lossless=lossless, clock=ManualClock())
    pipeline.run([Recorder()])
    assert bool(pipeline.statistics.hidden_count) == (word == "error")
