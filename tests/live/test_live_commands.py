"""Commands while the loop runs: pause, changes, and changes that cannot be."""

from __future__ import annotations

import itertools
import time

import numpy as np
import pytest
from fakes import SIZE, EndlessSource, ScriptedNetwork, loads
from loop_runs import GREEN, Watching, is_green, live

from live_seg.config import Config, build
from live_seg.config.commands import end, setting, toggle
from live_seg.effects import effects
from live_seg.effects.blur import Blur
from live_seg.errors import UsageError
from live_seg.frame import Frame, Image
from live_seg.live import matte_stage
from live_seg.live.card import card
from live_seg.live.pipeline import Pipeline


class Pausing(Watching):
    """Pauses after five pictures, goes on after four cards, and ends after five pictures more."""

    def write(self, picture: Image, frame: Frame) -> None:
        super().write(picture, frame)
        cards = [not is_green(picture) for picture in self.pictures]
        assert self.pipeline
        if len(cards) == 5 or (cards[-1] and sum(cards) == 4):
            self.pipeline.commands.put(toggle("run.paused"))
        if sum(cards) >= 4 and not any(cards[-5:]):
            self.pipeline.commands.put(end)


def test_pause_shows_a_card_and_ends_when_it_is_toggled_again() -> None:
    sink = Pausing({}, 10**9)
    sink.pipeline = Pipeline(GREEN, EndlessSource(time.monotonic), loads(ScriptedNetwork()), lossless=False)
    sink.pipeline.run([sink])
    cards = [not is_green(picture) for picture in sink.pictures]
    assert not any(cards[:5])
    assert not any(cards[-5:])
    assert [on for on, _ in itertools.groupby(cards)] == [False, True, False]


def test_mirror_and_effect_change_while_running() -> None:
    sink = live(ScriptedNetwork(), {5: setting("replace.background", "#ff0000"), 25: toggle("source.mirror")}, 60)
    assert is_green(sink.pictures[0])
    assert tuple(sink.pictures[-1][0, 0]) == (0, 0, 255)
    middle = slice(SIZE.width // 2 - 4, SIZE.width // 2 + 4)
    before, after = (picture[-1, middle, 0] for picture in (sink.pictures[0], sink.pictures[-1]))
    assert np.array_equal(before, after[::-1])
    assert not np.array_equal(before, after)


def test_another_radius_of_the_blur_and_another_way_to_hide_count_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matte_stage, "_RETRY_S", (0.0,))
    commands = {3: setting("blur.radius_px", 99.0), 4: setting("guard.hide", "card")}
    sink = live(ScriptedNetwork(["error"]), commands, 40, build({"guard": {"max_age_ms": 20000}}))
    assert sink.pipeline
    effect = sink.pipeline._guard.effect
    assert isinstance(effect, Blur)
    assert effect.radius_px == 99
    hidden = card(SIZE, "no picture just now")
    assert [np.array_equal(sink.pictures[number], hidden) for number in (0, -1)] == [False, True]


def test_a_change_that_counts_from_the_next_start_is_told(caplog: pytest.LogCaptureFixture) -> None:
    live(ScriptedNetwork(), {2: setting("source.fps", 15.0), 4: toggle("source.mirror")}, 30)
    told = [record.getMessage() for record in caplog.records if "next start" in record.getMessage()]
    assert told == ["what was changed in source counts from the next start"]


def test_a_change_that_cannot_be_is_refused_and_everything_goes_on() -> None:
    sink = live(ScriptedNetwork(), {3: setting("replace.background", "no/such/beach.jpg"), 6: _refused}, 30)
    assert is_green(sink.pictures[-1])


def _refused(config: Config) -> Config:
    raise UsageError("never")


def test_paused_shows_the_card_also_while_no_matte_comes() -> None:
    network = ScriptedNetwork(["hang"])
    config = build({"effect": {"name": "replace"}, "guard": {"max_age_ms": 30}})
    release = {1: toggle("run.paused"), 20: lambda config: network.released.set() or config}  # type: ignore[func-returns-value]
    sink = live(network, release, 30, config)
    assert {tuple(picture[0, 0]) for picture in sink.pictures[10:]} == {(48, 40, 36)}
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
