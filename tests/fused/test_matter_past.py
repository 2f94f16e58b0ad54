"""What a fused matter remembers where the graph and the plain way take turns: nothing of before the other served."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from fake_gpu import noise

from live_seg.config import build
from live_seg.config.tree import Engine as EngineConfig
from live_seg.effects import open_effect
from live_seg.frame import Alpha, Frame
from live_seg.fused.assemble import Recipe
from live_seg.fused.builder import Builder
from live_seg.fused.matter import FusedMatter
from live_seg.fused.session import FusedSession
from live_seg.matting import Matter
from live_seg.models import Model, Network

CONFIG = build({"matting": {"steady": 1.0, "sure": 0.0}, "engine": {"name": "cpu", "threads": 1}})
SCENE = noise(180, 320, 2)
FRAMES = [
    Frame(np.clip(SCENE.astype(int) + level, 0, 255).astype(np.uint8), index, index / 30)
    for index, level in enumerate((0, 6, 2, 7))
]
"""One scene in a light that flickers: a past that is not forgotten shows in the matte."""


class Switched(Builder):
    """Has its session, or has none for now."""

    has = True

    def session(self, recipe: Recipe) -> FusedSession | None:
        return super().session(recipe) if self.has else None


class Turns:
    """A fused matter that is told which way to go."""

    def __init__(self, network: Network) -> None:
        self._builder = Switched(["cpu"], CONFIG.engine, waits=True)
        effect = open_effect(CONFIG)
        self.matter = FusedMatter(network, CONFIG.matting, self._builder, lambda: effect)

    def graph(self, frame: Frame) -> Alpha:
        self._builder.has = True
        matte = self.matter(frame)
        assert matte.finished
        return matte.alpha

    def plain(self, frame: Frame) -> Alpha:
        self._builder.has = False
        matte = self.matter(frame)
        assert not matte.finished
        return matte.alpha


@pytest.fixture
def network(model: Model) -> Iterator[Network]:
    with Network(model, "cpu", EngineConfig(threads=1)) as opened:
        yield opened


@pytest.fixture
def turns(network: Network) -> Iterator[Turns]:
    made = Turns(network)
    yield made
    made.matter.close()


@pytest.mark.parametrize("way", ["graph", "plain"])
def test_while_one_way_serves_the_past_counts(turns: Turns, way: str) -> None:
    """Otherwise the tests below would prove nothing."""
    look = getattr(turns, way)
    look(FRAMES[0])
    steadied = look(FRAMES[1])
    turns.matter.reset()
    assert not np.array_equal(look(FRAMES[1]), steadied)


@pytest.mark.parametrize("way", ["graph", "plain"])
def test_a_way_that_is_come_back_to_begins_anew_and_then_remembers(turns: Turns, way: str) -> None:
    look, other = (turns.graph, turns.plain) if way == "graph" else (turns.plain, turns.graph)
    first, second = look(FRAMES[1]), look(FRAMES[3])
    turns.matter.reset()
    look(FRAMES[0])
    other(FRAMES[2])
    assert np.array_equal(look(FRAMES[1]), first)
    assert np.array_equal(look(FRAMES[3]), second)


@pytest.mark.parametrize("way", ["graph", "plain"])
@pytest.mark.parametrize("before", ["graph", "plain"])
def test_after_a_reset_either_way_begins_anew(turns: Turns, before: str, way: str) -> None:
    look = getattr(turns, way)
    first = look(FRAMES[1])
    look(FRAMES[0])
    getattr(turns, before)(FRAMES[2])
    turns.matter.reset()
    assert np.array_equal(look(FRAMES[1]), first)


def test_a_reset_forgets_also_what_could_be_followed(turns: Turns) -> None:
    turns.plain(FRAMES[0])
    views = turns.matter.views(FRAMES[0])
    assert turns.matter.follow(FRAMES[0], views)
    turns.matter.reset()
    assert turns.matter.follow(FRAMES[0], views) is None


def test_patches_stay_also_while_the_plain_way_serves(network: Network) -> None:
    """The graph keeps them: they would come and go with the graph."""
    config = replace(CONFIG.matting, sure=1.0)
    effect = open_effect(CONFIG)
    builder = Builder([], CONFIG.engine)
    image = np.full((180, 320, 3), (255, 0, 0), np.uint8)
    image[20:160, 20:160] = (0, 0, 255)
    image[60:120, 220:280] = (0, 0, 130)  # half taken for somebody
    frame = Frame(image, 0, 0.0)
    expected = Matter(network, CONFIG.matting)(frame).alpha
    assert not np.array_equal(Matter(network, config)(frame).alpha, expected)
    assert np.array_equal(FusedMatter(network, config, builder, lambda: effect)(frame).alpha, expected)
