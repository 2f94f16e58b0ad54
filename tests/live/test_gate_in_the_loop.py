"""The gate among its neighbours: the guard, the loop, the matting."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import numpy as np
import pytest
from fakes import Recorder, ScriptedNetwork, loads
from scenes import FPS, FULL, SMALL, OneAfterTheOther, Scene, noisy, room

from live_seg.config import Config, build, changed
from live_seg.config.tree import Gate as GateConfig
from live_seg.config.tree import Guard as GuardConfig
from live_seg.frame import Frame, Image, Matte, Size
from live_seg.live.gate import Gate
from live_seg.live.guard import Guard
from live_seg.live.pipeline import Pipeline
from live_seg.matting import Matter
from live_seg.models import Model, Network


@pytest.mark.parametrize(
    ("columns", "then"), [(0, FULL.width), (8, 0), (FULL.width - 8, FULL.width)], ids=["full", "nobody", "now full"]
)
def test_the_network_is_asked_for_as_long_as_the_guard_doubts(columns: int, then: int) -> None:
    """A matte that is suddenly full or empty comes from the network many times before it is kept: once is not enough.

    Also where that is a small change: 8 columns are a person for the guard, or a room.
    """
    scene, random = Scene(), np.random.default_rng(10)
    scene.alpha[:, :columns] = 255
    scene.settle(room(), 0.4, random)
    scene.alpha = np.zeros_like(scene.alpha)
    scene.alpha[:, :then] = 255
    while scene.show(noisy(room(), 0.4, random)) is not None:
        pass
    asked = [scene.show(noisy(room(), 0.4, random)) is None for _ in range(14)]
    assert all(asked)


def test_a_full_matte_of_a_still_scene_is_hidden_as_long_as_without_the_gate() -> None:
    shown: dict[bool, list[bool]] = {}
    for gated in (True, False):
        scene = Scene()
        scene.alpha[:, :100] = 255
        guard = Guard(GuardConfig(), _Plain(), _Nowhere(), lambda scene=scene: scene.now)  # type: ignore[misc]
        shown[gated] = []
        for number in range(90):
            if number == 45:
                scene.alpha = np.full_like(scene.alpha, 255)
            if not gated:
                scene.gate.reset()
            frame = Frame(np.zeros((FULL.height, FULL.width, 3), np.uint8), number, scene.now)
            matte = scene.show(room()) or Matte(scene.alpha, 0.9, frame.time)
            shown[gated].append(guard.show(frame, matte))
    assert shown[True].count(False) >= shown[False].count(False) > 10


class _Plain:
    def __call__(self, image: Image, alpha: Image, out: Image | None = None) -> Image:
        return np.zeros_like(image)

    def warm(self, size: Size) -> None:
        pass

    def at(self, time_s: float, lossless: bool) -> None:
        pass


class _Nowhere:
    def put(self, picture: Image, frame: Frame) -> None:
        pass

    def close_intake(self) -> None:
        pass


def still_frames(count: int) -> list[Frame | Exception]:
    """A live source's frames of one still picture, all of one moment but for their times."""
    image = np.repeat(np.repeat(room(), 2, 0), 2, 1)
    return [Frame(image, number, 100 + number / FPS) for number in range(count)]


def looks(config: Config, lossless: bool) -> int:
    """How often the network looks at two seconds of a still scene."""
    network, sink = ScriptedNetwork(), Recorder()
    network.input_size = lambda frame: SMALL  # type: ignore[method-assign]
    source = OneAfterTheOther(still_frames(60), sink)
    pipeline = Pipeline(config, source, loads(network), lossless=lossless, clock=lambda: source.now)
    pipeline.run([sink])
    assert len(sink.pictures) == 60
    assert pipeline.statistics.hidden_count == 0
    assert pipeline.statistics.kept_count == 60 - network.runs
    return network.runs


PLAIN = build({"effect": {"name": "replace"}, "guard": {"max_age_ms": 20000}})


def test_in_the_loop_a_still_scene_is_skipped_live_and_never_offline() -> None:
    assert looks(PLAIN, lossless=False) < 30
    assert looks(PLAIN, lossless=True) == 60
    assert looks(changed(PLAIN, "gate.on", False), lossless=False) == 60


def test_a_gated_matte_is_nearly_that_of_the_network() -> None:
    """With the real way through the matting: what is kept differs from a new look by no more than noise."""
    with Network(Model(name="no model", file=Path("none.onnx"), precision=""), "fixed", Config().engine) as network:
        matter, gate, random = Matter(cast(Network, network), Config().matting), Gate(GateConfig(), 100), None
        random = np.random.default_rng(12)
        image = np.repeat(np.repeat(room(), 2, 0), 2, 1)
        kept_frames = 0
        for number in range(40):
            frame = Frame(noisy(image, 2.0, random), number, number / FPS)
            views = matter.views(frame)
            kept, made = gate.kept(frame, views.small), matter(frame, views)
            if kept is None:
                gate.made(views.small, made)
            else:
                kept_frames += 1
                assert np.abs(kept.alpha.astype(int) - made.alpha).mean() < 2
        assert kept_frames > 20
