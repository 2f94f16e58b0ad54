"""What every engine of the registry promises: it runs as asked, or says why not and what to do."""

from __future__ import annotations

import inspect
from functools import cache
from typing import Any, cast

import numpy as np
import pytest

from live_seg.config.tree import Engine as EngineConfig
from live_seg.engines import Blob, Engine, engines
from live_seg.engines.nvidia import has_nvidia_driver
from live_seg.errors import EngineError
from live_seg.frame import Size
from live_seg.models import Model, best_model

WIDE, UPRIGHT = Size(96, 64), Size(64, 96)
GPUS = ("cuda", "tensorrt")
HERE = [name for name in engines.names() if name not in GPUS or has_nvidia_driver()]


def load(name: str, size: Size = WIDE, **config: Any) -> Engine:
    return engines.get(name)(best_model(engines.get(name).precision).file, size, EngineConfig(**config))


loaded = cache(load)
"""For tests that do not close it: compiling takes a second."""


def noise(size: Size = WIDE, seed: int = 0) -> Blob:
    return np.random.default_rng(seed).standard_normal((1, 3, size.height, size.width), dtype=np.float32)


@pytest.mark.parametrize("name", HERE)
def test_it_runs_at_the_size_it_was_loaded_for_and_says_on_what(name: str) -> None:
    for size in (WIDE, UPRIGHT):
        engine = loaded(name, size)
        blob = noise(size)
        before = blob.copy()
        logits = engine.run(blob)
        assert logits.shape == (1, 1, size.height, size.width)
        assert logits.dtype == np.float32
        assert np.isfinite(logits).all()
        assert np.array_equal(blob, before)
        assert engine.name == name
        assert len(engine.device) > 3


@pytest.mark.parametrize("name", HERE)
def test_the_size_is_fixed_when_it_is_loaded(name: str) -> None:
    engine = loaded(name, WIDE)
    engine.run(noise())
    with pytest.raises(EngineError):
        engine.run(noise(UPRIGHT))


@pytest.mark.parametrize("name", HERE)
def test_the_same_input_gives_the_same_output(name: str) -> None:
    engine = loaded(name, WIDE)
    first = engine.run(noise()).copy()
    engine.run(noise(seed=1))
    assert np.abs(engine.run(noise()) - first).max() < 1e-3


@pytest.mark.parametrize("name", HERE)
def test_it_is_a_context_manager_and_runs_no_more_once_closed(name: str) -> None:
    with cast(Any, load(name)) as engine:
        engine.run(noise())
    engine.close()
    with pytest.raises(EngineError):
        engine.run(noise())


@pytest.mark.parametrize("name", [name for name in HERE if engines.get(name).precision])
def test_a_file_that_is_no_network_is_said(name: str, tmp_path: Any) -> None:
    file = tmp_path / "broken.onnx"
    file.write_bytes(b"this is no network")
    with pytest.raises(EngineError, match=r"broken\.onnx") as caught:
        engines.get(name)(file, WIDE, EngineConfig())
    assert caught.value.cure


@pytest.mark.parametrize("name", [name for name in GPUS if name not in HERE])
def test_without_a_gpu_it_says_why_and_what_to_do(name: str) -> None:
    with pytest.raises(EngineError, match="no NVIDIA driver") as caught:
        load(name)
    assert "--engine auto" in caught.value.cure


@pytest.mark.parametrize("name", engines.names())
def test_it_says_which_models_suit_it_and_what_it_is(name: str) -> None:
    found = engines.get(name)
    assert found.precision in ("int8", "fp16", "")
    assert (inspect.getdoc(found) or "").splitlines()[0].endswith(".")


@pytest.mark.parametrize("precision", ["int8", "fp16"])
def test_the_cpus_engines_agree_on_each_model_that_ships(precision: str) -> None:
    model: Model = best_model(precision)
    outputs = []
    for name in ("cpu", "openvino"):
        with cast(Any, engines.get(name)(model.file, WIDE, EngineConfig())) as engine:
            outputs.append(1 / (1 + np.exp(-engine.run(noise()))))
    assert np.abs(outputs[0] - outputs[1]).mean() < 0.02
