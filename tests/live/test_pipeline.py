from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import cv2
import made_clips
import numpy as np
import pytest
from fakes import (
    ROOM,
    SIZE,
    EndlessSource,
    ListSource,
    Recorder,
    ScriptedNetwork,
    loads,
    room_frame,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from live_seg.config import Config, build, changed
from live_seg.config.commands import Command, end, setting, toggle
from live_seg.config.tree import Engine as EngineConfig
from live_seg.config.tree import Guard as GuardConfig
from live_seg.effects import effects
from live_seg.errors import EngineError, SinkLost, SourceLost, UsageError
from live_seg.frame import Frame, Image, Size
from live_seg.live import matte_stage
from live_seg.live.pipeline import Pipeline
from live_seg.matting import Choice
from live_seg.models import Network
from live_seg.sinks import Sink, Stream, open_sink

GREEN = build(
    {
        "effect": {"name": "replace"},
        "replace": {"background": "#00ff00"},
        "matting": {"refine": "bilinear"},
        "guard": {"max_age_ms": 20000},  # whatever the machine that tests is doing, only faults hide the room
    }
)


def frames(count: int) -> list[Frame | Exception]:
    return [room_frame(number, number / 30) for number in range(count)]


def offline(items: list[Any], network: ScriptedNetwork, config: Config = GREEN, sinks: Any = None) -> list[Recorder]:
    recorders = sinks or [Recorder()]
    Pipeline(config, ListSource(items), loads(network), lossless=True).run(recorders)
    return list(recorders)


def is_green(picture: Image) -> bool:
    """Whether the corner, which is room, was replaced."""
    return bool((picture[0, 0] == (0, 255, 0)).all())


def shows_room(picture: Image) -> bool:
    """Whether the room's columns are to be seen in the corner."""
    corner = picture[: SIZE.height // 8, : SIZE.width // 8].astype(int)
    return bool(np.abs(np.diff(corner, axis=1)).max() > ROOM // 8)


def test_offline_every_frame_comes_once_and_in_order_at_every_sink() -> None:
    sinks = [Recorder("one"), Recorder("two")]
    offline(frames(50), ScriptedNetwork(), sinks=sinks)
    for sink in sinks:
        assert [frame.index for frame in sink.frames] == list(range(50))
        assert all(is_green(picture) for picture in sink.pictures)
        assert sink.closed


def test_offline_two_runs_give_the_same_pictures() -> None:
    first, second = (offline(frames(12), ScriptedNetwork())[0].pictures for _ in range(2))
    assert all(np.array_equal(one, two) for one, two in zip(first, second, strict=True))


@pytest.mark.parametrize(("limit", "count"), [({"frames": 7}, 7), ({"seconds": 0.5}, 15), ({"frames": 99}, 40)])
def test_the_run_ends_at_its_limit(limit: dict[str, float], count: int) -> None:
    config = build({"effect": {"name": "blur"}, "run": limit})
    assert len(offline(frames(40), ScriptedNetwork(), config)[0].pictures) == count


def test_offline_an_engine_error_ends_the_run_and_closes_the_sinks() -> None:
    sink = Recorder()
    with pytest.raises(EngineError, match="fell off the bus"):
        offline(frames(9), ScriptedNetwork(["person"] * 4 + ["error"]), sinks=[sink])
    assert len(sink.pictures) == 4
    assert sink.closed


def test_a_network_that_cannot_be_loaded_ends_the_run() -> None:
    def load(size: object) -> Any:
        raise EngineError("there is no such GPU")

    sink = Recorder()
    with pytest.raises(EngineError, match="no such GPU"):
        Pipeline(GREEN, ListSource(frames(9)), load, lossless=True).run([sink])
    assert sink.pictures == []
    assert sink.closed


def test_a_source_that_breaks_off_ends_an_offline_run_with_what_came_before() -> None:
    sink = Recorder()
    with pytest.raises(SourceLost):
        offline([*frames(5), SourceLost("the file breaks off")], ScriptedNetwork(), sinks=[sink])
    assert len(sink.pictures) == 5


def test_a_sink_that_dies_does_not_take_the_others_along() -> None:
    mortal, other = Recorder("mortal", dies_after=3), Recorder("other")
    offline(frames(20), ScriptedNetwork(), sinks=[mortal, other])
    assert len(mortal.pictures) == 3
    assert len(other.pictures) == 20
    assert mortal.closed


def test_the_run_ends_with_an_error_when_the_last_sink_dies() -> None:
    with pytest.raises(SinkLost, match="mortal is full"):
        offline(frames(20), ScriptedNetwork(), sinks=[Recorder("mortal", dies_after=3)])


def test_a_sink_without_alpha_gets_a_green_screen_and_one_with_alpha_gets_it() -> None:
    config = build({"effect": {"name": "transparent"}})
    plain, alpha = offline(
        frames(3), ScriptedNetwork(), config, [Recorder("plain"), Recorder("alpha", takes_alpha=True)]
    )
    assert tuple(plain.pictures[0][0, 0]) == (64, 177, 0)
    assert tuple(alpha.pictures[0][0, 0]) == (0, 0, 0, 0)


class Watching(Recorder):
    """A recorder that sends commands after some pictures, and ends the run when it has seen enough."""

    def __init__(self, commands: dict[int, Command], last: int) -> None:
        super().__init__()
        self._commands = commands
        self._last = last
        self.pipeline: Pipeline | None = None

    def write(self, picture: Image, frame: Frame) -> None:
        super().write(picture, frame)
        assert self.pipeline
        count = len(self.pictures)
        if count in self._commands:
            self.pipeline.commands.put(self._commands[count])
        if count >= self._last:
            self.pipeline.commands.put(end)


def live(
    network: ScriptedNetwork,
    commands: dict[int, Command],
    last: int,
    config: Config = GREEN,
    beside: Sequence[Sink] = (),
) -> Watching:
    sink = Watching(commands, last)
    pipeline = Pipeline(config, EndlessSource(time.monotonic), loads(network), lossless=False)
    sink.pipeline = pipeline
    pipeline.run([sink, *beside])
    return sink


def test_live_an_engine_error_hides_the_room_until_the_network_is_back() -> None:
    network = ScriptedNetwork(["person", "person", "error", "nan", "person"])
    sink = live(network, {}, 200)
    assert not any(shows_room(picture) for picture in sink.pictures)
    kinds = [is_green(picture) for picture in sink.pictures]
    assert True in kinds[: kinds.index(False)]
    assert True in kinds[kinds.index(False) :]
    assert network.closed >= 2  # the session was dropped after each error


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
    assert any(not is_green(picture) for picture in sink.pictures)
    assert not any(shows_room(picture) for picture in sink.pictures)


def test_a_lost_camera_gives_a_card_and_then_pictures_again() -> None:
    sink = Recorder()

    class Camera(ListSource):
        """Waits until the sink has a picture of what was given before: the loop takes only the newest."""

        given = 0

        def read(self, timeout_s: float) -> Frame | None:
            deadline = time.monotonic() + 30
            while len(sink.pictures) < self.given and time.monotonic() < deadline:
                time.sleep(0.001)
            self.given += 1
            return super().read(timeout_s)

    start = time.monotonic()
    lost = SourceLost("the camera is gone")
    camera = Camera([room_frame(0, start), lost, lost, room_frame(1, start), room_frame(2, start)], live=True)
    Pipeline(GREEN, camera, loads(ScriptedNetwork()), lossless=False).run([sink])
    assert [is_green(picture) for picture in sink.pictures] == [True, False, False, True, True]


def test_pause_shows_a_card_and_ends_when_it_is_toggled_again() -> None:
    sink = live(ScriptedNetwork(), {5: toggle("run.paused"), 20: toggle("run.paused")}, 60)
    kinds = [is_green(picture) for picture in sink.pictures]
    assert kinds[0]
    assert kinds[-1]
    assert 3 < kinds.count(False) < 40


def test_mirror_and_effect_change_while_running() -> None:
    sink = live(ScriptedNetwork(), {5: setting("replace.background", "#ff0000"), 25: toggle("source.mirror")}, 60)
    assert is_green(sink.pictures[0])
    assert tuple(sink.pictures[-1][0, 0]) == (0, 0, 255)
    middle = slice(SIZE.width // 2 - 4, SIZE.width // 2 + 4)
    before, after = (picture[-1, middle, 0] for picture in (sink.pictures[0], sink.pictures[-1]))
    assert np.array_equal(before, after[::-1])
    assert not np.array_equal(before, after)


def test_a_change_that_cannot_be_is_refused_and_everything_goes_on() -> None:
    sink = live(ScriptedNetwork(), {3: setting("replace.background", "no/such/beach.jpg"), 6: _refused}, 30)
    assert is_green(sink.pictures[-1])


def _refused(config: Config) -> Config:
    raise UsageError("never")


@pytest.mark.parametrize("name", ["null", "file"])
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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


def test_the_real_sinks_take_the_loops_pictures(tmp_path: Path) -> None:
    config = build({**{"effect": {"name": "blur"}}, "output": {"file": str(tmp_path / "out.mp4")}})
    stream = Stream(SIZE, 30, True)
    sinks = [open_sink("file", config, stream), open_sink("null", config, stream)]
    Pipeline(config, ListSource(frames(10)), loads(ScriptedNetwork()), lossless=True).run(sinks)
    assert (tmp_path / "out.mp4").stat().st_size > 0
    assert [file.name for file in tmp_path.iterdir()] == ["out.mp4"]


def test_offline_a_video_behind_the_person_goes_by_the_films_time(tmp_path: Path) -> None:
    """Two runs, however fast, show the same background in the same frame."""
    made_clips.make_clip(tmp_path / "waves.mp4", 10)
    config = changed(GREEN, "replace.background", str(tmp_path / "waves.mp4"))
    first, second = (offline(frames(20), ScriptedNetwork(), config)[0].pictures for _ in range(2))
    shown = [made_clips.index_of(picture[:8, :8]) for picture in first]
    assert shown == [made_clips.index_of(picture[:8, :8]) for picture in second]
    assert shown[:12] == [round(number * 25 / 30 - 0.499) for number in range(12)]


def test_paused_shows_the_card_also_while_no_matte_comes() -> None:
    network = ScriptedNetwork(["hang"])
    config = build({"effect": {"name": "replace"}, "guard": {"max_age_ms": 30}})
    release = {1: toggle("run.paused"), 20: lambda config: network.released.set() or config}  # type: ignore[func-returns-value]
    sink = live(network, release, 30, config)
    assert tuple(sink.pictures[-1][0, 0]) == (48, 40, 36)
    assert not any(is_green(picture) for picture in sink.pictures)


def test_while_it_is_paused_the_network_rests() -> None:
    network = ScriptedNetwork()
    live(network, {}, 20, build({"effect": {"name": "replace"}, "run": {"paused": True}}))
    assert network.runs == 0


def test_an_effect_that_cannot_be_made_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def __init__(self, config: Config) -> None:
            raise ValueError("no such strength")

    monkeypatch.setitem(effects._classes, "broken", Broken)  # type: ignore[arg-type]
    sink = live(ScriptedNetwork(), {3: setting("effect.name", "broken")}, 20)
    assert is_green(sink.pictures[-1])


def test_opencvs_own_threads_rest_while_small_frames_run_and_are_back_afterwards() -> None:
    before = cv2.getNumThreads()
    seen: list[int] = []

    class Asking(Recorder):
        def write(self, picture: Image, frame: Frame) -> None:
            seen.append(cv2.getNumThreads())

    cv2.setNumThreads(3)
    try:
        offline(frames(3), ScriptedNetwork(), sinks=[Asking()])
        assert set(seen) == {1}
        assert cv2.getNumThreads() == 3
    finally:
        cv2.setNumThreads(before)
