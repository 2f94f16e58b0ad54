"""A graph on a device: the past on it, CUDA graphs, memory, errors; with a made-up GPU that computes on the CPU."""

from __future__ import annotations

import gc
import sys
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as real_runtime
import pytest
from fake_gpu import FakeGpu, FakeValue, OutOfMemory, noise
from small_network import write_network

from live_seg.config import build
from live_seg.config.tree import Engine as EngineConfig
from live_seg.effects import open_effect
from live_seg.errors import EngineError
from live_seg.frame import Image, Size
from live_seg.fused.assemble import Recipe
from live_seg.fused.forms import form_of
from live_seg.fused.session import BUSY, FusedSession, Made
from live_seg.models import Model

SIZE = Size(320, 180)
FRAMES: list[Image] = [noise(180, 320, seed) for seed in (0, 1, 2, 2, 2)]
CUDA, TENSORRT = "CUDAExecutionProvider", "TensorrtExecutionProvider"


def recipe(model: Model, effect: str = "blur", steady: float = 0.5) -> Recipe:
    config = build({"effect": {"name": effect}, "matting": {"steady": steady}})
    return Recipe(model, config.matting, form_of(open_effect(config)), SIZE)


def load(model: Model, engine: str = "cuda", **settings: Any) -> FusedSession:
    return FusedSession(recipe(model, **settings), engine, EngineConfig(threads=1))


def same(one: Made, other: Made) -> bool:
    assert one.picture is not None
    assert other.picture is not None
    return np.array_equal(one.picture, other.picture) and np.array_equal(one.alpha, other.alpha)


@pytest.mark.parametrize("engine", ["cuda", "tensorrt"])
@pytest.mark.parametrize("steady", [0.0, 1.0])
def test_a_gpu_that_replays_graphs_makes_what_the_cpu_makes(
    model: Model, gpu: FakeGpu, monkeypatch: pytest.MonkeyPatch, engine: str, steady: float
) -> None:
    fast = load(model, engine, steady=steady)
    monkeypatch.setitem(sys.modules, "onnxruntime", real_runtime)
    plain = load(model, "cpu", steady=steady)
    for frame in FRAMES:
        assert same(fast(frame), plain(frame))
    turns = ["1", "2"] if steady else ["1"]
    assert gpu.sessions[0].runs == ["-1", *(turns * 5)[:5]]


def test_what_was_made_before_stays_as_it_was(model: Model, gpu: FakeGpu) -> None:
    session = load(model)
    first = session(FRAMES[0])
    assert first.picture is not None
    kept, alpha = first.picture.copy(), first.alpha.copy()
    for frame in FRAMES[1:]:
        session(frame)
    assert np.array_equal(first.picture, kept)
    assert np.array_equal(first.alpha, alpha)


def test_memory_of_pictures_that_nobody_holds_is_used_again(model: Model, gpu: FakeGpu) -> None:
    session, places = load(model), set()
    for frame in FRAMES:
        made = session(frame)
        assert made.picture is not None
        places.add(made.picture.ctypes.data)
        del made
    assert len(places) == 1


def test_after_a_reset_the_past_does_not_count(model: Model, gpu: FakeGpu) -> None:
    session = load(model, steady=1.0)
    first = session(FRAMES[2])
    session(FRAMES[1])
    session.reset()
    assert same(session(FRAMES[2]), first)


def test_a_background_is_sent_again_only_when_it_is_another(model: Model, gpu: FakeGpu) -> None:
    session = load(model, effect="replace")
    red, blue = (np.full((180, 320, 3), colour, np.uint8) for colour in ((0, 0, 255), (255, 0, 0)))
    sent: list[str] = []
    put = session._tensors.put
    session._tensors.put = lambda name, content: (sent.append(name), put(name, content))[1]  # type: ignore[method-assign, func-returns-value]
    pictures = [session(FRAMES[0], background).picture for background in (red, red, blue)]
    assert sent.count("background") == 2
    assert pictures[1] is not None
    assert pictures[2] is not None
    assert (pictures[1] != pictures[2]).any()


def test_a_frame_is_recorded_only_while_nobody_else_uses_the_gpu(model: Model, gpu: FakeGpu) -> None:
    session = load(model)
    with BUSY:
        session(FRAMES[0])
        assert not session.is_recorded
    for frame in FRAMES:
        session(frame)
    assert session.is_recorded
    assert gpu.sessions[0].runs == ["-1", "-1", "2", "1", "2", "1", "2"]


def test_cuda_keeps_to_the_types_of_the_graph_and_records_it(model: Model, gpu: FakeGpu) -> None:
    load(model)
    (options,) = gpu.sessions[0].provider_options
    assert options == {"device_id": 0, "enable_cuda_graph": "1", "use_tf32": "0"}


def test_tensorrt_keeps_its_plan_and_leaves_the_rest_to_cuda(model: Model, gpu: FakeGpu, tmp_path: Path) -> None:
    load(model, "tensorrt")
    assert gpu.sessions[0].providers == [TENSORRT, CUDA]
    options = gpu.sessions[0].provider_options[0]
    assert "trt_fp16_enable" not in options
    assert options["trt_engine_cache_enable"] == options["trt_timing_cache_enable"] == "True"
    assert Path(options["trt_engine_cache_path"]).is_relative_to(tmp_path / "cache" / "live-seg" / "tensorrt")


def test_tensorrt_is_not_recorded_for_it_would_replay_one_direction_for_both(model: Model, gpu: FakeGpu) -> None:
    session = load(model, "tensorrt")
    assert session.is_recorded
    assert "trt_cuda_graph_enable" not in gpu.sessions[0].provider_options[0]
    assert not gpu.sessions[0].recorded


@pytest.mark.parametrize("version", ["1.20.0", "1.31.0.dev20260801"])
def test_a_runtime_that_replays_freed_memory_is_refused(model: Model, gpu: FakeGpu, version: str) -> None:
    gpu.__version__ = version  # type: ignore[misc]
    with pytest.raises(EngineError, match="is too old to record a graph") as caught:
        load(model)
    assert "pip install -U onnxruntime-gpu" in caught.value.cure
    load(model, "tensorrt")


def test_another_network_has_another_plan(gpu: FakeGpu, tmp_path: Path) -> None:
    for weights in (1.0, 2.0):
        load(write_network(tmp_path, weights), "tensorrt")
    one, other = (session.provider_options[0]["trt_engine_cache_path"] for session in gpu.sessions)
    assert one != other


@pytest.mark.parametrize("when", ["loading", "the first run", "a later run"])
def test_a_gpu_without_memory_is_an_engine_error_of_one_line(model: Model, gpu: FakeGpu, when: str) -> None:
    if when == "loading":
        gpu.broken[CUDA] = OutOfMemory()
    elif when == "the first run":
        gpu.failures[CUDA] = [OutOfMemory()]
    with pytest.raises(EngineError, match="out of memory") as caught:
        session = load(model)
        gpu.failures[CUDA] = [OutOfMemory()]
        session(FRAMES[0])
    assert "\n" not in str(caught.value)
    assert "hostname" not in str(caught.value)
    assert caught.value.cure


def test_a_network_that_gives_no_number_is_an_engine_error(gpu: FakeGpu, tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="not a number"):
        load(write_network(tmp_path, np.nan))


def test_a_closed_session_runs_no_more(model: Model, gpu: FakeGpu) -> None:
    with load(model) as session:
        session(FRAMES[0])
    with pytest.raises(EngineError):
        session(FRAMES[0])


@pytest.mark.parametrize("fell_out", [False, True])
def test_a_recorded_session_is_destroyed_only_while_the_gpu_answers(
    model: Model, gpu: FakeGpu, monkeypatch: pytest.MonkeyPatch, fell_out: bool
) -> None:
    """The real one throws in its destructor otherwise, which ends the process."""
    session = load(model)
    session(FRAMES[0])
    inner = weakref.ref(gpu.sessions.pop())

    def fail(*_: object) -> None:
        raise RuntimeError("CUDA failure 700: an illegal memory access was encountered")

    if fell_out:
        monkeypatch.setattr(FakeValue, "update_inplace", fail)
    session.close()
    session.close()
    gc.collect()
    assert (inner() is not None) == fell_out
