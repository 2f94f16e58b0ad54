"""The stage that makes mattes forgets what was before a break."""

from __future__ import annotations

import numpy as np
import pytest
from fakes import ManualClock, ScriptedNetwork, loads
from scenes import SMALL, room

from live_seg.config import Config, build, changed
from live_seg.effects import open_effect
from live_seg.frame import Frame, Matte
from live_seg.live import matte_stage
from live_seg.live.governor import Sample
from live_seg.live.handover import Closed
from live_seg.live.matte_stage import Matting
from live_seg.live.pacing import Pacing
from live_seg.live.stages import Away, Matted, Shared
from live_seg.live.statistics import Statistics
from live_seg.matting import Matter
from live_seg.models import Network

CONFIG = build({"matting": {"refine": "bilinear"}})
SAMPLE = Sample(1.0, 0.2, 30, 30, 30, 0.005, 0.0)


class Line:
    """A handover that gives what was prepared, moves the clock, and keeps what is put."""

    dropped = 0

    def __init__(self, clock: ManualClock, items: list[Frame | Away] | None = None) -> None:
        self.items: list[Frame | Away] = items or []
        self.kept: list[Matted | Away] = []
        self._clock = clock

    def get(self, timeout_s: float) -> Frame | Away | None:
        if not self.items:
            raise Closed
        item = self.items.pop(0)
        if isinstance(item, Frame):
            self._clock.now = item.time
        return item

    def put(self, item: Matted | Away) -> None:
        self.kept.append(item)

    def close(self) -> None:
        pass

    def cancel(self) -> None:
        pass


def still(count: int, start: int = 0) -> list[Frame | Away]:
    """Frames of one still picture."""
    image = np.repeat(np.repeat(room(), 2, 0), 2, 1)
    return [Frame(image, number, 100 + number / 30) for number in range(start, start + count)]


def looks(items: list[Frame | Away], network: ScriptedNetwork, config: Config = CONFIG) -> list[Matted | Away]:
    network.input_size = lambda frame: SMALL  # type: ignore[method-assign]
    clock = ManualClock()
    effect = open_effect(config)
    matting = Matting(Shared(config, False, clock, Statistics()), loads(network), lambda: effect)
    out = Line(clock)
    with pytest.raises(Closed):
        matting.run(Line(clock, items), out)
    return out.kept


def test_after_the_source_was_away_the_network_looks_at_the_first_frame() -> None:
    without, with_break = ScriptedNetwork(), ScriptedNetwork()
    looks(still(40) + still(1, 40), without)
    looks([*still(40), Away("gone"), *still(1, 40)], with_break)
    assert with_break.runs == without.runs + 1


def test_after_an_error_of_the_engine_nothing_is_left_of_the_mattes_before(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[int] = []
    network = ScriptedNetwork(["person", "error", "person"])
    reset = Matter.reset
    monkeypatch.setattr(Matter, "reset", lambda matter: (begun.append(network.runs), reset(matter))[1])
    made = looks([*still(2), *still(2, 60)], network)
    assert [isinstance(item, Matted) and item.matte is not None for item in made] == [True, False, True, True]
    assert 2 in begun


def test_after_errors_the_network_is_left_alone_for_longer_and_longer_until_it_made_a_matte() -> None:
    """A GPU's driver that is asked without a pause never comes back."""
    made = looks(still(300), ScriptedNetwork([*4 * ["error"], "person", "error", "person"]))
    times = [item.frame.time for item in made if isinstance(item, Matted)]
    assert np.diff(times)[:6] == pytest.approx([0.1, 0.5, 2, 5, 1 / 30, 0.1], abs=0.04)


def test_a_changed_setting_leaves_no_matter_open(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Matter] = []
    made: list[float] = []

    class Counted(Matter):
        def __init__(self, network: Network, config: Config, effect: object, waits: bool) -> None:
            super().__init__(network, config.matting)
            assert not opened
            opened.append(self)
            made.append(config.matting.steady)

        def close(self) -> None:
            opened.remove(self)

    class Changing(Line):
        def put(self, item: Matted | Away) -> None:
            shared.config = changed(CONFIG, "matting.steady", 0.9)

    monkeypatch.setattr(matte_stage, "open_matter", Counted)
    clock, network, effect = ManualClock(), ScriptedNetwork(), open_effect(CONFIG)
    shared = Shared(CONFIG, False, clock, Statistics())
    with pytest.raises(Closed):
        Matting(shared, loads(network), lambda: effect).run(Line(clock, still(4)), Changing(clock))
    assert made == [CONFIG.matting.steady, 0.9]
    assert not opened


def test_a_matte_brings_what_was_halved_of_its_frame() -> None:
    frame = Frame(np.repeat(np.repeat(room(), 4, 0), 4, 1), 0, 100.0)
    (made,) = looks([frame], ScriptedNetwork())
    assert isinstance(made, Matted)
    assert made.matte
    assert made.matte.halved
    assert made.matte.halved.image is frame.image


def test_a_governor_that_is_switched_off_is_not_told_of_any_more_and_loads_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    closed: list[Pacing] = []

    def close(pacing: Pacing) -> None:
        closed.append(pacing)

    monkeypatch.setattr(Pacing, "close", close)
    clock, network = ManualClock(), ScriptedNetwork()
    network.input_size = lambda frame: SMALL  # type: ignore[method-assign]
    effect = open_effect(CONFIG)
    shared = Shared(changed(CONFIG, "governor.target_fps", 30.0), False, clock, Statistics())
    told: list[str] = []

    class Switching(Line):
        def put(self, item: Matted | Away) -> None:
            told.append(shared.statistics.governor)
            if told[-1]:
                shared.config = CONFIG

    with pytest.raises(Closed):
        Matting(shared, loads(network), lambda: effect).run(Line(clock, still(40)), Switching(clock))
    assert len([line for line in told if line]) == 1
    assert not told[-1]
    assert len(closed) == 1  # which waits for what it is loading


def test_while_a_graph_makes_the_pictures_the_governor_rests_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    config = build({"matting": {"refine": "bilinear"}, "gate": {"on": False}, "governor": {"target_fps": 30}})
    clock, network = ManualClock(), ScriptedNetwork()
    network.input_size = lambda frame: SMALL  # type: ignore[method-assign]
    asked: list[int] = []
    monkeypatch.setattr(Pacing, "is_looking_due", lambda pacing, frame: bool(asked.append(frame.index)) or True)
    ticked: list[float] = []
    monkeypatch.setattr(Pacing, "_sample", lambda pacing, seconds: ticked.append(seconds) or SAMPLE)
    shared = Shared(config, False, clock, Statistics())
    matter = Matter(network, config.matting)
    monkeypatch.setattr(matte_stage, "open_matter", lambda *arguments, **options: matter)
    told: list[str] = []

    class Switching(Line):
        def put(self, item: Matted | Away) -> None:
            told.append(shared.statistics.governor)
            matter.by_graph = 20 <= len(told) < 320

    effect = open_effect(config)
    with pytest.raises(Closed):
        Matting(shared, loads(network), lambda: effect).run(Line(clock, still(360)), Switching(clock))
    assert network.runs == 360
    assert told[19] == "" and set(told[20:320]) == {"a graph makes each picture"}
    assert asked == [*range(20), *range(320, 360)]
    assert len(ticked) == 1 and ticked[0] < 1.1  # ten seconds of the graph are no second of its
    assert "network on every frame" in told[-1]


def test_a_matte_of_an_older_look_than_the_last_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    network = ScriptedNetwork()
    config = build({"matting": {"refine": "bilinear"}, "gate": {"on": False}, "governor": {"target_fps": 30}})
    monkeypatch.setattr(Pacing, "is_looking_due", lambda pacing, frame: False)
    old = Matte(np.zeros((2 * SMALL.height, 2 * SMALL.width), np.uint8), 0.9, 50.0)
    monkeypatch.setattr(Matter, "follow", lambda matter, frame, views: old)
    made = looks(still(3), network, config)
    assert network.runs == 3
    assert [item.matte.time for item in made if isinstance(item, Matted) and item.matte] == [
        100,
        100 + 1 / 30,
        100 + 2 / 30,
    ]
