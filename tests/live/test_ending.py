"""A whole run as the app opens it."""

from __future__ import annotations

import threading
import time

import pytest
from fakes import EndlessSource, Recorder, ScriptedNetwork, loads
from loop_runs import GREEN

from live_seg.config import Config, build
from live_seg.errors import SinkLost
from live_seg.frame import Frame
from live_seg.live.pipeline import Pipeline
from live_seg.live.session import Session


def test_the_end_does_not_wait_for_the_next_frame_of_a_slow_file() -> None:
    config = build(
        {
            "source": {"camera": "synthetic", "size": "64x48", "fps": 0.01},
            "engine": {"name": "fixed"},
            "window": {"show": False},
            "output": {"also": ["page"]},
        }
    )
    with Session(config) as session:
        session.open()

        def look(config: Config) -> None:
            session.pipeline.stop()

        start = time.monotonic()
        session.run(look)
    assert time.monotonic() - start < 50  # the second frame is due after 100 s


def test_a_file_whose_window_cannot_be_opened_plays_on_for_the_sinks_that_nobody_watches(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("live_seg.sinks.window.screen_problem", lambda: "there is no screen")
    config = build(
        {
            "source": {"camera": "synthetic", "size": "64x48"},
            "engine": {"name": "fixed"},
            "output": {"also": ["null"]},
            "guard": {"max_age_ms": 20_000},
            "run": {"frames": 5},
        }
    )
    with Session(config) as session:
        session.open()
        session.run(lambda config: None)
    assert session.pipeline.statistics.count("null") > 0
    assert session.pipeline.statistics.hidden_count == 0


def test_the_end_does_not_wait_for_a_silent_camera() -> None:
    closed = threading.Event()

    class Silent(EndlessSource):
        def read(self, timeout_s: float) -> Frame | None:
            if self._count == 3:
                pipeline.stop()  # Ctrl-C
                closed.wait(60)  # the next picture of a camera that watches plants grow
            return super().read(timeout_s)

    sink = Recorder()
    pipeline = Pipeline(GREEN, Silent(time.monotonic), loads(ScriptedNetwork()), lossless=False)
    start = time.monotonic()
    pipeline.run([sink])
    assert time.monotonic() - start < 40
    assert sink.closed == 1
    closed.set()


def test_the_end_does_not_wait_for_a_silent_camera_when_the_last_sink_is_lost() -> None:
    closed = threading.Event()

    class Silent(EndlessSource):
        def read(self, timeout_s: float) -> Frame | None:
            if self._count == 1:
                closed.wait(60)
            return super().read(timeout_s)

    pipeline = Pipeline(GREEN, Silent(time.monotonic), loads(ScriptedNetwork()), lossless=False)
    start = time.monotonic()
    with pytest.raises(SinkLost):
        pipeline.run([Recorder(dies_after=0)])
    assert time.monotonic() - start < 40
    closed.set()


def test_a_stage_that_hangs_at_the_end_is_waited_for_in_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows signals are answered between two waits: one without an end kept the second Ctrl-C from ending it."""
    network = ScriptedNetwork(["person", "hang"])
    join, waits = threading.Thread.join, []

    def joined(thread: threading.Thread, timeout: float | None = None) -> None:
        waits.append(timeout)
        network.released.set()
        join(thread, timeout)

    monkeypatch.setattr(threading.Thread, "join", joined)
    pipeline = Pipeline(GREEN, EndlessSource(time.monotonic), loads(network), lossless=False)
    with pytest.raises(SinkLost):
        pipeline.run([Recorder(dies_after=0)])
    assert waits
    assert None not in waits
