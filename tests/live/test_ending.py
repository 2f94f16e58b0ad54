"""A whole run as the app opens it."""

from __future__ import annotations

import time

import pytest

from live_seg.config import Config, build
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
