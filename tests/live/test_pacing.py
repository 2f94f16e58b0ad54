"""The governor in the loop: what it lets the network see, and that mattes which follow are honest about their age."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
import pytest
from fakes import ManualClock, Recorder, ScriptedNetwork, loads
from scenes import FULL, SMALL, OneAfterTheOther, room

from live_seg.config import Config, build
from live_seg.engines import Blob
from live_seg.errors import EngineError
from live_seg.frame import Alpha, Frame, Image, Matte, Size
from live_seg.live.guard import Guard
from live_seg.live.pacing import Pacing
from live_seg.live.pipeline import Pipeline

FPS = 30
HALF = build({"governor": {"target_fps": 30, "max_cpu_percent": 50}})


class Loads:
    """A network that keeps which sizes were loaded; may fail."""

    def __init__(self, fails: bool = False) -> None:
        self.loaded: list[Size] = []
        self._fails = fails

    def load(self, size: Size) -> None:
        if self._fails:
            raise EngineError("no memory")
        self.loaded.append(size)


def size_at(share: float) -> Size:
    return Size(round(100 * share), 100)


class Driven:
    """A pacing with a clock and a CPU meter that the test moves: each look costs `look_s`, on one thread."""

    def __init__(self, network: Loads, look_s: float, config: Config = HALF, step: int = 1) -> None:
        self.clock, self.cpu = ManualClock(), ManualClock()
        self.pacing = Pacing(config, network, self.clock, self.cpu)  # type: ignore[arg-type]
        self.looks: list[bool] = []
        self._look_s = look_s
        self._step = step

    def seconds(self, count: float, fps: float = FPS) -> None:
        for _ in range(round(count * fps)):
            frame = self.frame()
            looks = self.pacing.is_looking_due(frame)
            self.looks.append(looks)
            cost = self._look_s * self.pacing.share if looks else 0.002
            self.cpu.now += cost * self.pacing._cores
            self.clock.now += 1 / fps
            if looks:
                self.pacing.looked(frame, cost)
            else:
                self.pacing.followed(cost)
            self.pacing.frame(frame, size_at)
            if self.pacing._loading:
                self.pacing._loading.join()

    def frame(self) -> Frame:
        return Frame(np.zeros((1, 1, 3), np.uint8), len(self.looks) * self._step, self.clock.now)


def test_it_looks_at_every_second_frame_where_every_frame_is_too_much() -> None:
    driven = Driven(Loads(), look_s=0.020)
    driven.seconds(10)
    assert driven.looks[-8:] in ([True, False] * 4, [False, True] * 4)
    assert "every 2nd frame at 100x100" in driven.pacing.text
    assert "30 FPS" in driven.pacing.text


@pytest.mark.parametrize("dropped", [0, 1])
def test_frames_that_are_dropped_are_a_reason_to_look_less_and_a_slow_camera_is_none(dropped: int) -> None:
    driven = Driven(Loads(), look_s=0.001, step=1 + dropped)
    driven.seconds(5, FPS / 2)
    assert all(driven.looks) == (not dropped)


def test_without_a_frame_rate_of_its_own_it_keeps_to_the_sources() -> None:
    alone = build({"governor": {"max_cpu_percent": 50}})
    looks = []
    for config in (HALF, alone):
        driven = Driven(Loads(), 0.100, config)
        driven.seconds(40)
        looks.append(driven.looks)
    assert looks[0] == looks[1]


def test_a_smaller_input_is_used_only_when_it_is_loaded() -> None:
    network = Loads()
    driven = Driven(network, look_s=0.100)
    driven.seconds(12)
    assert network.loaded
    assert size_at(driven.pacing.share) == network.loaded[-1]
    assert driven.pacing.share < 1


def test_an_input_that_cannot_be_loaded_leaves_the_one_that_runs() -> None:
    driven = Driven(Loads(fails=True), look_s=0.100)
    driven.seconds(12)
    assert driven.pacing.share == 1


def test_what_moves_after_a_rest_is_looked_at() -> None:
    driven = Driven(Loads(), look_s=0.020)
    driven.seconds(10)
    driven.pacing.looked(driven.frame(), 0.02)
    assert not driven.pacing.is_looking_due(driven.frame())
    driven.pacing.kept()
    assert driven.pacing.is_looking_due(driven.frame())


@pytest.mark.parametrize(("fps", "most"), [(15, 2), (8, 1), (5, 0)])
def test_where_the_camera_gives_fewer_frames_than_was_reckoned_with_no_matte_follows_for_too_long(
    fps: float, most: int
) -> None:
    driven = Driven(Loads(), look_s=0.100)
    driven.seconds(12)
    assert driven.looks[-8:].count(True) == 2
    before = len(driven.looks)
    driven.seconds(1, fps)
    followed = "".join(".L"[looks] for looks in driven.looks[before + 1 :]).split("L")
    assert max(len(run) for run in followed) == most


class Costly(ScriptedNetwork):
    """Takes its time by the loop's clock; the person stands where the picture is light."""

    def __init__(self, spend: Callable[[], None]) -> None:
        super().__init__()
        self._spend = spend
        self.seen: list[float] = []

    def input_size(self, frame: Size) -> Size:
        return SMALL

    def __call__(self, blob: Blob) -> Blob:
        self.runs += 1
        self._spend()
        return np.where(blob[:, :1] > 1.0, 20, -20).astype(np.float32)


def walking(number: int) -> Frame:
    """A light person, 60 pixels wide, who walks 2 pixels a frame through a dark room with a pattern."""
    small = (room() // 3).astype(np.uint8)
    image: Image = np.repeat(np.repeat(small, 2, 0), 2, 1)
    left = 20 + 2 * number
    image[40:, left : left + 60] = 200 + image[40:, left : left + 60] // 4
    return Frame(image, number, 100 + number / FPS)


def test_in_the_loop_mattes_that_follow_keep_the_age_of_what_the_network_saw(monkeypatch: pytest.MonkeyPatch) -> None:
    sink, ages, alphas = Recorder(), [], []

    class Watched(Guard):
        def show(self, frame: Frame, matte: Matte | None) -> bool:
            assert matte is not None
            ages.append(round((frame.time - matte.time) * FPS))
            alphas.append((frame.index, matte.alpha))
            return super().show(frame, matte)

    monkeypatch.setattr("live_seg.live.pipeline.Guard", Watched)
    monkeypatch.setattr("live_seg.live.governor._BAD", 1)
    source = OneAfterTheOther([walking(number) for number in range(110)], sink)
    cpu = ManualClock()

    def spend() -> None:
        cpu.now += 0.020 * 64  # of whatever number of cores: too much

    def pacing(config: Config, network: ScriptedNetwork, clock: ManualClock) -> Pacing:
        return Pacing(config, network, clock, cpu)  # type: ignore[arg-type]

    monkeypatch.setattr("live_seg.live.matte_stage.Pacing", pacing)
    network = Costly(spend)
    network.load = lambda size: None  # type: ignore[attr-defined]
    config = build(
        {
            "effect": {"name": "replace"},
            "governor": {"target_fps": 30, "max_cpu_percent": 20},
            "guard": {"max_age_ms": 20_000},  # a stage that waits for its turn on a busy machine hides nothing
        }
    )
    pipeline = Pipeline(config, source, loads(network), lossless=False, clock=lambda: source.now)
    pipeline.run([sink])
    assert pipeline.statistics.hidden_count == 0
    assert set(ages[:30]) == {0}
    assert set(ages[-20:]) == {0, 1, 2, 3}
    assert network.runs < 70
    for index, alpha in alphas[-20:]:
        assert abs(middle(alpha) - (50 + 2 * index)) < 6


def middle(alpha: Alpha) -> float:
    columns = (alpha[60:] > 127).sum(axis=0)
    return float((columns * np.arange(FULL.width)).sum() / max(1, columns.sum()))


def test_the_end_waits_for_what_is_being_loaded() -> None:
    release = threading.Event()

    class Slow(Loads):
        def load(self, size: Size) -> None:
            release.wait(10)
            super().load(size)

    network = Slow()
    pacing = Pacing(HALF, network, ManualClock(), ManualClock())  # type: ignore[arg-type]
    pacing._loading = threading.Thread(target=network.load, args=(size_at(0.6),))
    pacing._loading.start()
    threading.Timer(0.01, release.set).start()
    pacing.close()
    assert network.loaded == [size_at(0.6)]
