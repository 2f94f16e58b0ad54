"""Whatever fails while the loop runs live, the room is hidden, and the picture comes back."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from fakes import (
    SIZE,
    EndlessSource,
    Recorder,
    ScriptedNetwork,
    loads,
    room_frame,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from loop_runs import GREEN, Watching, is_green, live, shows_room
from scenes import OneAfterTheOther

from live_seg.config import build, changed
from live_seg.config.tree import Engine as EngineConfig
from live_seg.config.tree import Guard as GuardConfig
from live_seg.errors import SourceLost
from live_seg.frame import Frame, Image, Size
from live_seg.live import matte_stage
from live_seg.live.pipeline import Pipeline
from live_seg.matting import Choice
from live_seg.models import Network
from live_seg.sinks import Stream, open_sink


def test_live_an_engine_error_hides_the_room_until_the_network_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matte_stage, "_RETRY_S", (0.0,))
    network, sink = ScriptedNetwork(["person", "person", "error", "nan", "person"]), Recorder()
    source = OneAfterTheOther([room_frame(number, 100 + number / 30) for number in range(6)], sink)
    Pipeline(GREEN, source, loads(network), lossless=False, clock=lambda: source.now).run([sink])
    assert not any(shows_room(picture) for picture in sink.pictures)
    assert [is_green(picture) for picture in sink.pictures] == [True, True, False, False, True, True]
    assert network.closed == 2  # the session was dropped after each error


@pytest.mark.parametrize(("asked", "looks_again"), [("auto", True), ("cuda", False)])
def test_live_an_engine_that_keeps_failing_is_replaced_where_none_was_asked_for(
    monkeypatch: pytest.MonkeyPatch, asked: str, looks_again: bool
) -> None:
    monkeypatch.setattr(matte_stage, "_RETRY_S", (0.0,))
    broken, sound = ScriptedNetwork(["person", "error"]), ScriptedNetwork()
    loaded: list[ScriptedNetwork] = []

    def load(size: Size) -> Choice:
        loaded.append(sound if loaded else broken)
        return Choice(cast(Network, loaded[-1]), "script on nothing")

    config = replace(GREEN, engine=EngineConfig(name=asked), guard=GuardConfig(max_age_ms=30))
    sink = Watching({}, 150 if looks_again else 60)
    sink.pipeline = Pipeline(config, EndlessSource(time.monotonic), load, lossless=False)
    sink.pipeline.run([sink])
    assert not any(shows_room(picture) for picture in sink.pictures)
    assert any(is_green(picture) for picture in sink.pictures[20:]) == looks_again
    assert loaded == ([broken, sound] if looks_again else [broken])


def test_live_a_network_that_hangs_hides_the_room() -> None:
    network = ScriptedNetwork(["person", "hang"])
    config = build({"effect": {"name": "replace"}, "guard": {"max_age_ms": 30}})
    sink = live(network, {4: lambda config: network.released.set() or config}, 6, config)  # type: ignore[func-returns-value]
    hidden = [frame.index for picture, frame in zip(sink.pictures, sink.frames, strict=True) if not is_green(picture)]
    assert len(set(hidden[:3])) > 1  # the newest frame, not one and the same
    assert not any(shows_room(picture) for picture in sink.pictures)


def test_a_lost_camera_gives_a_card_and_then_pictures_again() -> None:
    sink = Recorder()
    lost = SourceLost("the camera is gone")
    camera = OneAfterTheOther([room_frame(0), lost, lost, room_frame(1), room_frame(2)], sink)
    Pipeline(GREEN, camera, loads(ScriptedNetwork()), lossless=False, clock=lambda: camera.now).run([sink])
    assert [is_green(picture) for picture in sink.pictures] == [True, False, False, True, True]


@pytest.mark.parametrize("name", ["null", "file"])
@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(script=st.lists(st.sampled_from(["person", "error", "nan"]), min_size=1, max_size=6))
def test_whatever_the_engine_does_no_sink_gets_the_room(name: str, script: list[str], tmp_path: Path) -> None:
    """Over the real sinks: what they write is kept on its way in."""
    config = changed(changed(GREEN, "output.file", str(tmp_path / "out.mp4")), "guard.max_age_ms", 20)
    real = open_sink(name, config, Stream(SIZE, 30, False))
    written: list[Image] = []
    write = real.write

    def keep(picture: Image, frame: Frame) -> None:
        written.append(picture.copy())
        write(picture, frame)

    real.write = keep  # type: ignore[method-assign]
    watched = live(ScriptedNetwork(script), {}, 12, config, beside=[real])
    assert written
    assert not any(shows_room(picture) for picture in [*watched.pictures, *written])
