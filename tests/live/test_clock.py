"""By which clock the loop goes."""

from __future__ import annotations

import inspect
import time

import pytest

from live_seg.config import Config, build
from live_seg.effects.background import open_background
from live_seg.frame import Clock
from live_seg.live import session as module
from live_seg.live.session import Session
from live_seg.sources import Source, open_source


def test_all_of_the_loop_goes_by_one_clock_and_it_is_fine_on_every_system(monkeypatch: pytest.MonkeyPatch) -> None:
    """`time.monotonic` goes in steps of half a frame on Windows, before Python 3.13."""
    clocks: list[Clock] = []

    def opened(config: Config, clock: Clock, repeat: bool) -> Source:
        clocks.append(clock)
        return open_source(config, clock, repeat)

    monkeypatch.setattr(module, "open_source", opened)
    config = build({"source": {"camera": "synthetic"}, "engine": {"name": "fixed"}, "window": {"show": False}})
    with Session(config) as session:
        session.open()
        clocks.append(session.pipeline._shared.clock)
    clocks.append(inspect.signature(open_background).parameters["clock"].default)
    assert clocks == [time.perf_counter] * 3
