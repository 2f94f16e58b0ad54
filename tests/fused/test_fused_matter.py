"""Mattes that bring the finished picture with them, and the plain way wherever there is none."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest
from fake_gpu import FakeGpu, OutOfMemory, noise

from live_seg.config import Config, build
from live_seg.config.tree import Engine as EngineConfig
from live_seg.effects import EffectBase, open_effect
from live_seg.errors import EngineError
from live_seg.frame import Frame
from live_seg.fused import matter as fused_matter
from live_seg.fused.assemble import Recipe
from live_seg.fused.builder import Builder
from live_seg.fused.forms import form_of
from live_seg.fused.matter import FusedMatter, graph_engines, open_matter, serving
from live_seg.fused.session import FusedSession
from live_seg.matting import Matter
from live_seg.models import Model, Network

CUDA = "CUDAExecutionProvider"
FRAMES = [Frame(noise(180, 320, seed), index, index / 30) for index, seed in enumerate((0, 1, 1, 2))]
LIGHTER = [
    Frame(np.asarray(cv2.add(FRAMES[3].image, (level, level, level, 0)), np.uint8), 4 + index, (4 + index) / 30)
    for index, level in enumerate((4, 0, 6, 2, 5))
]
"""The scene of the last frame, in a light that flickers: the past counts."""


class Sepia(EffectBase):
    """An effect of another package."""


@pytest.fixture
def network(model: Model) -> Iterator[Network]:
    with Network(model, "cpu", EngineConfig(threads=1)) as opened:
        yield opened


def fused(network: Network, config: Config, effect: Any) -> FusedMatter:
    """A matter whose sessions are made at once, on the CPU."""
    return FusedMatter(network, config.matting, Builder(["cpu"], config.engine, waits=True), lambda: effect)


def test_the_matte_is_the_plain_one_and_brings_the_effects_picture_of_the_frame(network: Network) -> None:
    config = build({"matting": {"sure": 0.0, "steady": 1.0}})
    effect = open_effect(config)
    matter, plain = fused(network, config, effect), Matter(network, config.matting)
    for frame in (*FRAMES, *LIGHTER):
        matte, expected = matter(frame), plain(frame)
        assert np.abs(matte.alpha.astype(int) - expected.alpha).max() <= 2
        assert matte.confidence == pytest.approx(expected.confidence, abs=1e-4)
        assert matte.time == frame.time
        assert matte.finished is not None
        assert matte.finished.effect is effect
        assert matte.finished.image is frame.image
        picture = effect(frame.image, expected.alpha)
        assert np.abs(matte.finished.picture.astype(int) - picture).max() <= 2


def test_an_effect_without_a_form_gets_the_graphs_alpha(network: Network) -> None:
    matter = fused(network, build({}), Sepia())
    matte = matter(FRAMES[0])
    assert matte.finished is None
    assert np.array_equal(matte.alpha, fused(network, build({}), open_effect(build({})))(FRAMES[0]).alpha)


def test_a_reset_forgets_the_past(network: Network) -> None:
    config = build({"matting": {"steady": 1.0}})
    matter = fused(network, config, open_effect(config))
    first = matter(FRAMES[3]).alpha
    matter(LIGHTER[0])
    assert not np.array_equal(matter(FRAMES[3]).alpha, first)
    matter(LIGHTER[0])
    matter.reset()
    assert np.array_equal(matter(FRAMES[3]).alpha, first)


def test_what_the_plain_way_saw_is_not_followed_once_the_graph_serves(network: Network) -> None:
    """Its optical flow would be computed for nothing: the loop wants no matte that is older than the graph's last."""
    config = build({})
    effect = open_effect(config)

    class Late(Builder):
        is_ready = False

        def session(self, recipe: Recipe) -> FusedSession | None:
            return super().session(recipe) if self.is_ready else None

    late = Late(["cpu"], config.engine, waits=True)
    matter = FusedMatter(network, config.matting, late, lambda: effect)
    matter(FRAMES[1])
    assert matter.follow(FRAMES[2], matter.views(FRAMES[2])) is not None
    late.is_ready = True
    matter(FRAMES[2])
    assert matter.follow(FRAMES[2], matter.views(FRAMES[2])) is None


def test_while_another_effects_session_serves_its_picture_is_not_taken_for_this_ones(network: Network) -> None:
    config = build({"effect": {"name": "replace"}, "engine": {"name": "cpu", "threads": 1}})
    blur = open_effect(build({}))
    blurred = Recipe(network.model, replace(config.matting, sure=0.0), form_of(blur), FRAMES[0].size)

    class Blurs(Builder):
        def session(self, recipe: Recipe) -> FusedSession | None:
            return super().session(blurred)

    matter = FusedMatter(
        network, config.matting, Blurs(["cpu"], config.engine, waits=True), lambda: open_effect(config)
    )
    matte = matter(FRAMES[0])
    assert matte.finished is None
    assert np.array_equal(matte.alpha, fused(network, config, blur)(FRAMES[0]).alpha)


def test_closing_releases_the_sessions(network: Network) -> None:
    config = build({"engine": {"name": "cpu", "threads": 1}})
    builder, effect = Builder(["cpu"], config.engine, waits=True), open_effect(config)
    matter = FusedMatter(network, config.matting, builder, lambda: effect)
    matter(FRAMES[0])
    session = builder._session
    assert session
    matter.close()
    with pytest.raises(EngineError):
        session(FRAMES[0].image)


def test_a_run_that_fails_is_an_engine_error_and_then_the_plain_way_serves(
    network: Network, request: pytest.FixtureRequest
) -> None:
    config = build({"matting": {"steady": 0.0, "sure": 0.0}})
    plain = Matter(network, config.matting)
    plain(FRAMES[0])  # the network is loaded by the real runtime, the graph by the made-up one
    gpu: FakeGpu = request.getfixturevalue("gpu")
    effect = open_effect(config)
    matter = FusedMatter(network, config.matting, Builder(["cuda"], config.engine, waits=True), lambda: effect)
    assert matter(FRAMES[0]).finished
    gpu.failures[CUDA] = [OutOfMemory()]
    with pytest.raises(EngineError, match="out of memory"):
        matter(FRAMES[1])
    matter.reset()
    matte = matter(FRAMES[2])
    assert matte.finished is None
    assert np.array_equal(matte.alpha, plain(FRAMES[2]).alpha)


@pytest.mark.parametrize(
    ("engine", "settings", "made"),
    [
        ("cuda", {"name": "cuda"}, ["cuda"]),
        ("cuda", {"name": "tensorrt"}, ["cuda", "tensorrt"]),
        ("tensorrt", {"name": "tensorrt"}, ["tensorrt"]),
        ("cuda", {"name": "cuda", "fused": "never"}, []),
        ("cpu", {"name": "cpu"}, []),
        ("openvino", {"fused": "always"}, []),
        ("cpu", {"name": "cpu", "fused": "always"}, ["cpu"]),
    ],
)
def test_the_engine_and_the_configuration_say_which_graphs_are_made(
    engine: str, settings: dict[str, str], made: list[str]
) -> None:
    assert graph_engines(engine, EngineConfig(**settings)) == made  # type: ignore[arg-type]


@pytest.mark.parametrize(("version", "made"), [("", ["cuda"]), ("101303", ["cuda", "tensorrt"])])
def test_auto_brings_tensorrt_in_where_it_is_installed(
    monkeypatch: pytest.MonkeyPatch, version: str, made: list[str]
) -> None:
    monkeypatch.setattr(fused_matter, "tensorrt_version", lambda: version)
    assert graph_engines("cuda", EngineConfig()) == made


def test_cuda_serves_while_tensorrt_is_made_and_a_tensorrt_that_is_not_there_is_said_at_once(
    gpu: FakeGpu, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert serving(EngineConfig(name="tensorrt")).name == "cuda"
    assert serving(EngineConfig(name="tensorrt", fused="never")).name == "tensorrt"
    assert serving(EngineConfig(name="cpu")).name == "cpu"
    monkeypatch.setattr("live_seg.engines.onnxruntime_nvidia.tensorrt_version", lambda: "")
    with pytest.raises(EngineError, match="TensorRT is not installed"):
        serving(EngineConfig(name="tensorrt"))


def test_without_onnx_the_plain_way_serves_and_the_install_line_is_said(
    network: Network, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(logging.getLogger("live_seg"), "propagate", True)
    monkeypatch.setattr(fused_matter, "find_spec", lambda name: None)
    config = build({"engine": {"name": "cpu", "fused": "always"}})
    matter = open_matter(network, config, lambda: open_effect(config), waits=False)
    assert type(matter) is Matter
    assert 'pip install "live-seg[cuda]"' in caplog.text
