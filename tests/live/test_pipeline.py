"""The loop: every frame offline, its sinks, its end."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import cv2
import made_clips
import numpy as np
import pytest
from fakes import (
    SIZE,
    ListSource,
    Recorder,
    ScriptedNetwork,
    loads,
    room_frame,
)
from loop_runs import GREEN, frames, is_green, offline

from live_seg.config import build, changed
from live_seg.errors import EngineError, LiveSegError, SinkLost, SourceLost
from live_seg.frame import Frame, Image, Matte, Size
from live_seg.live.card import card
from live_seg.live.guard import Guard
from live_seg.live.handover import Closed
from live_seg.live.opencv_threads import opencv_threads
from live_seg.live.outputs import Output
from live_seg.live.pipeline import Pipeline
from live_seg.live.stages import PAUSED
from live_seg.live.statistics import Statistics
from live_seg.sinks import Stream, open_sink


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
        offline(frames(40), ScriptedNetwork(["person"] * 4 + ["error"]), sinks=[sink])  # more than the queues hold
    assert len(sink.pictures) == 4
    assert sink.closed


def test_offline_a_pause_puts_a_card_in_the_place_of_each_frame() -> None:
    sink = offline(frames(12), ScriptedNetwork(), changed(GREEN, "run.paused", True))[0]
    assert [(frame.index, frame.time) for frame in sink.frames] == [(number, number / 30) for number in range(12)]
    assert all((picture == card(SIZE, PAUSED)).all() for picture in sink.pictures)


def test_what_nobody_thought_of_in_the_last_stage_ends_the_run_too(monkeypatch: pytest.MonkeyPatch) -> None:
    network = ScriptedNetwork()

    def fail(guard: Guard, frame: Frame, matte: Matte | None) -> bool:
        for _ in range(20_000):
            if network.runs >= 6:  # the stage before waits until one of four mattes is taken
                break
            threading.Event().wait(0.001)
        raise MemoryError("no room for a picture")

    monkeypatch.setattr(Guard, "show", fail)
    with pytest.raises(MemoryError):
        offline(frames(40), network)


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


def test_a_source_that_asks_python_to_end_is_an_error_of_the_run() -> None:
    """As `SystemExit` it ended the program without a word."""
    sink = Recorder()
    with pytest.raises(LiveSegError, match=r"asked to end the program \(SystemExit\(3\)\)"):
        offline([*frames(5), SystemExit(3)], ScriptedNetwork(), sinks=[sink])
    assert len(sink.pictures) == 5


@pytest.mark.parametrize("of", [SinkLost, ValueError, SystemExit])
@pytest.mark.parametrize("main_thread", [False, True])
def test_a_sink_that_dies_is_told_of_and_does_not_take_the_others_along(
    of: type[BaseException], main_thread: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """A sink of another package may raise anything."""
    mortal, other = Recorder("mortal", dies_after=0, of=of), Recorder("other")
    mortal.main_thread = main_thread
    offline(frames(20), ScriptedNetwork(), sinks=[mortal, other])
    assert len(other.pictures) == 20
    assert mortal.closed
    assert [record.getMessage() for record in caplog.records if "is full" in record.getMessage()] == [
        "mortal is full" if of is SinkLost else "mortal: mortal is full"
    ]


def test_who_waits_for_room_in_the_queue_of_a_sink_that_died_waits_no_more() -> None:
    output = Output(Recorder("mortal", dies_after=0), True, Statistics(), time.monotonic)
    output.start()
    output.handover.put((room_frame().image, room_frame()))
    assert output.done.wait(30)
    with pytest.raises(Closed):
        for _ in range(9):  # more than there is room for
            output.handover.put((room_frame().image, room_frame()))


def test_a_window_gets_the_newest_picture_of_a_file_and_holds_nobody_up() -> None:
    sink = Recorder()
    sink.main_thread = True
    output = Output(sink, True, Statistics(), time.monotonic)
    for number in range(9):
        output.handover.put((room_frame().image, room_frame(number)))
    output.serve()
    output.serve()
    assert [frame.index for frame in sink.frames] == [8]


def test_a_sink_is_closed_only_when_its_last_picture_is_written() -> None:
    writes, released = threading.Event(), threading.Event()

    class Slow(Recorder):
        def write(self, picture: Image, frame: Frame) -> None:
            writes.set()
            released.wait(30)
            super().write(picture, frame)

        def close(self) -> None:
            assert len(self.pictures) == 2

    output = Output(Slow(), True, Statistics(), time.monotonic)
    output.start()
    for _ in range(2):
        output.handover.put((room_frame().image, room_frame()))
    assert writes.wait(30)
    threading.Timer(0.01, released.set).start()
    output.end()


def test_the_run_ends_with_an_error_when_the_last_sink_dies() -> None:
    with pytest.raises(SinkLost, match="mortal is full"):
        offline(frames(20), ScriptedNetwork(), sinks=[Recorder("mortal", dies_after=3)])


@pytest.mark.parametrize("order", [1, -1])
def test_a_sink_that_dies_of_the_last_picture_is_told_of_though_the_others_were_done_before(
    order: int, caplog: pytest.LogCaptureFixture
) -> None:
    sinks = [Recorder("disk", dies_after=5), Recorder("other")]
    offline(frames(6), ScriptedNetwork(), sinks=sinks[::order])
    assert [record.getMessage() for record in caplog.records if "disk" in record.message] == ["disk is full"]


def test_a_sink_that_cannot_be_finished_is_told_of_and_the_others_are_closed() -> None:
    class Full(Recorder):
        def close(self) -> None:
            raise SinkLost("the disk is full")

    other = Recorder("other")
    with pytest.raises(SinkLost, match="the disk is full"):
        offline(frames(3), ScriptedNetwork(), sinks=[Full(), other])
    assert (len(other.pictures), other.closed) == (3, 1)


def test_where_all_sinks_die_each_is_told_of_or_raised(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(SinkLost) as raised:
        offline(frames(20), ScriptedNetwork(), sinks=[Recorder("one", dies_after=3), Recorder("two", dies_after=19)])
    told = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert sorted([*told, str(raised.value)]) == ["one is full", "two is full"]


def test_a_sink_without_alpha_gets_a_green_screen_and_one_with_alpha_gets_it() -> None:
    config = build({"effect": {"name": "transparent"}})
    plain, alpha = offline(
        frames(3), ScriptedNetwork(), config, [Recorder("plain"), Recorder("alpha", takes_alpha=True)]
    )
    assert tuple(plain.pictures[0][0, 0]) == (64, 177, 0)
    assert tuple(alpha.pictures[0][0, 0]) == (0, 0, 0, 0)


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


@pytest.mark.parametrize(
    ("size", "most", "threads"), [("1280x720", 0, 1), ("1920x1080", 4, 1), ("3840x2160", 0, 3), ("3840x2160", 2, 2)]
)
def test_opencvs_own_threads_work_on_large_frames_and_no_more_than_were_asked_for(
    size: str, most: int, threads: int
) -> None:
    before = cv2.getNumThreads()
    cv2.setNumThreads(3)
    try:
        with opencv_threads(Size.parse(size), most):
            assert cv2.getNumThreads() == threads
        assert cv2.getNumThreads() == 3
    finally:
        cv2.setNumThreads(before)


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
