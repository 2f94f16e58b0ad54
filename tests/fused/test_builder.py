"""Which session serves when: CUDA at once, TensorRT when it is ready, another effect's until its own is made."""

from __future__ import annotations

import logging
import threading
from dataclasses import replace
from typing import Any

import pytest

from live_seg.config.tree import Engine as EngineConfig
from live_seg.config.tree import Matting
from live_seg.errors import EngineError
from live_seg.frame import Size
from live_seg.fused.assemble import Recipe
from live_seg.fused.builder import Builder
from live_seg.fused.forms import BlurForm, ReplaceForm
from live_seg.fused.session import FusedSession
from live_seg.fused.unsupported import NoGraphForm
from live_seg.models import Model

BOTH = ["cuda", "tensorrt"]


class MadeUp:
    """A session that does nothing."""

    def __init__(self, recipe: Recipe, engine: str) -> None:
        self.recipe = recipe
        self.engine = engine
        self.device = f"a toy ({engine})"
        self.is_recorded = False
        self.closed = False

    def close(self) -> None:
        self.closed = True


class Works:
    """Makes sessions when it is allowed to, or raises what is set for the engine."""

    def __init__(self) -> None:
        self.made: list[MadeUp] = []
        self.problems: dict[str, Exception] = {}
        self.allowed = threading.Event()
        self.allowed.set()

    def __call__(self, recipe: Recipe, engine: str, config: EngineConfig) -> FusedSession:
        assert self.allowed.wait(20)
        if engine in self.problems:
            raise self.problems[engine]
        self.made.append(MadeUp(recipe, engine))
        return self.made[-1]  # type: ignore[return-value]


@pytest.fixture
def works() -> Works:
    return Works()


@pytest.fixture
def blur(model: Model) -> Recipe:
    return Recipe(model, Matting(), BlurForm(16.0), Size(320, 180))


def settle(builder: Builder, recipe: Recipe) -> Any:
    """Asks until nothing is being built any more; gives what serves then."""
    session = builder.session(recipe)
    while builder._building is not None:
        for thread in threading.enumerate():
            if thread.name == "build":
                thread.join(20)
        session = builder.session(recipe)
    return session


def test_nothing_serves_until_the_first_is_ready(works: Works, blur: Recipe) -> None:
    works.allowed.clear()
    builder = Builder(BOTH, EngineConfig(), make=works)
    assert builder.session(blur) is None
    assert builder.session(blur) is None
    works.allowed.set()
    assert settle(builder, blur).engine == "cuda"
    assert len(works.made) == 1


def test_tensorrt_takes_over_once_cuda_has_recorded_its_graphs(works: Works, blur: Recipe) -> None:
    builder = Builder(BOTH, EngineConfig(), make=works)
    cuda = settle(builder, blur)
    assert builder.session(blur) is cuda
    works.allowed.clear()
    cuda.is_recorded = True
    assert builder.session(blur) is cuda  # and serves while TensorRT's plan is made
    works.allowed.set()
    assert settle(builder, blur).engine == "tensorrt"
    assert cuda.closed


def test_when_tensorrt_fails_cuda_goes_on_and_that_is_said_once(
    works: Works, blur: Recipe, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("live_seg"), "propagate", True)
    works.problems["tensorrt"] = EngineError("the library libnvinfer.so.10 is missing")
    builder = Builder(BOTH, EngineConfig(), make=works)
    cuda = settle(builder, blur)
    cuda.is_recorded = True
    for _ in range(3):
        assert settle(builder, blur) is cuda
    said = [record.message for record in caplog.records if "tensorrt" in record.message]
    assert said == ["no graph by tensorrt: the library libnvinfer.so.10 is missing; a toy (cuda) goes on"]


@pytest.mark.parametrize("problem", [EngineError("out of memory"), NoGraphForm("it is of opset 9"), ValueError("odd")])
def test_when_none_can_be_made_none_serves_and_it_is_not_tried_again(
    works: Works, blur: Recipe, problem: Exception
) -> None:
    works.problems["cuda"] = problem
    builder = Builder(["cuda"], EngineConfig(), make=works)
    assert settle(builder, blur) is None
    works.problems.clear()
    assert settle(builder, blur) is None


def test_another_effects_session_gives_the_matte_until_its_own_is_made(works: Works, blur: Recipe) -> None:
    builder = Builder(["cuda"], EngineConfig(), make=works)
    first = settle(builder, blur)
    works.allowed.clear()
    other = replace(blur, form=ReplaceForm())
    assert builder.session(other) is first
    works.allowed.set()
    second = settle(builder, other)
    assert second.recipe == other
    assert first.closed


def test_a_session_of_another_size_does_not_serve(works: Works, blur: Recipe) -> None:
    builder = Builder(["cuda"], EngineConfig(), make=works)
    settle(builder, blur)
    works.allowed.clear()
    assert builder.session(replace(blur, size=Size(640, 360))) is None
    works.allowed.set()


def test_what_nobody_wants_any_more_is_closed_when_it_is_ready(works: Works, blur: Recipe) -> None:
    works.allowed.clear()
    builder = Builder(["cuda"], EngineConfig(), make=works)
    other = replace(blur, form=ReplaceForm())
    builder.session(blur)
    builder.session(other)
    works.allowed.set()
    assert settle(builder, other).recipe == other
    assert [made.closed for made in works.made] == [True, False]


def test_one_that_failed_is_closed_and_the_one_before_it_is_made_again(works: Works, blur: Recipe) -> None:
    builder = Builder(BOTH, EngineConfig(), make=works)
    settle(builder, blur).is_recorded = True
    tensorrt = settle(builder, blur)
    builder.give_up(tensorrt)
    assert tensorrt.closed
    cuda = settle(builder, blur)
    assert cuda.engine == "cuda"
    builder.give_up(cuda)
    assert settle(builder, blur) is None


def test_with_every_frame_counting_the_best_is_waited_for(works: Works, blur: Recipe) -> None:
    builder = Builder(BOTH, EngineConfig(), waits=True, make=works)
    session = builder.session(blur)
    assert session is not None
    assert session.engine == "tensorrt"
    works.problems["tensorrt"] = EngineError("no")
    builder = Builder(BOTH, EngineConfig(), waits=True, make=works)
    session = builder.session(blur)
    assert session is not None
    assert session.engine == "cuda"


def test_closing_closes_what_serves(works: Works, blur: Recipe) -> None:
    builder = Builder(["cuda"], EngineConfig(), make=works)
    session = settle(builder, blur)
    builder.close()
    assert session.closed
