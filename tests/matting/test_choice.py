"""Which engine is taken, and what is said about it; with engines and model files that are made up."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from live_seg.config.tree import Engine as EngineConfig
from live_seg.engines import Blob
from live_seg.engines.fixed import ellipse_logits
from live_seg.engines.onnxruntime import cache_folder
from live_seg.errors import EngineError, UsageError
from live_seg.frame import Size
from live_seg.matting import choice
from live_seg.matting.choice import choose
from live_seg.models import Model, best_model

HD = Size(1280, 720)
NO_DRIVER = EngineError("no NVIDIA driver", "Install it.")


class FakeEngine:
    """What an engine of the made-up registry does is set on its class."""

    name = ""
    device = ""
    precision = "int8"
    problem: EngineError | None = None
    shift = 0.0
    made: list[str]
    open = 0

    def __init__(self, file: Path, size: Size, config: EngineConfig) -> None:
        self.made.append(f"{self.name} {file.name}")
        if self.problem:
            raise self.problem
        self.logits = ellipse_logits(size) + np.float32(self.shift)
        type(self).open += 1

    def run(self, blob: Blob) -> Blob:
        return self.logits

    def close(self) -> None:
        type(self).open -= 1


class Engines:
    """The registry, its milliseconds a frame, and the engines that were made."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.made: list[str] = []
        self.ms = {"cpu": 30.0, "openvino": 20.0, "cuda": 5.0, "tensorrt": 3.0}
        self.classes: dict[str, Any] = {}
        for name, device in (("cpu", "CPU (A)"), ("openvino", "CPU (B)"), ("cuda", "GPU (C)"), ("tensorrt", "GPU (D)")):
            precision = "int8" if name in choice.CPUS else "fp16"
            members = {"name": name, "device": device, "precision": precision, "made": self.made}
            self.classes[name] = type(name, (FakeEngine,), members)
        for registry in ("live_seg.matting.choice.engines", "live_seg.models.network.engines"):
            monkeypatch.setattr(registry, self)
        monkeypatch.setattr(
            choice, "_seconds", lambda networks, frame: {n.engine: self.ms[n.engine] / 1e3 for n in networks}
        )

    def get(self, name: str) -> Any:
        return self.classes[name]

    def making(self, name: str) -> contextlib.AbstractContextManager[None]:
        return contextlib.nullcontext()

    def names(self) -> list[str]:
        return sorted(self.classes)

    def without_gpu(self) -> None:
        for name in choice.GPUS:
            self.classes[name].problem = NO_DRIVER


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Model]:
    rows = {}
    for precision in ("int8", "fp16"):
        file = tmp_path / f"{precision}.onnx"
        file.write_bytes(precision.encode())
        rows[precision] = Model(name=f"person-{precision}", file=file, precision=precision, bytes=4)
    monkeypatch.setattr(choice, "find_model", lambda name, precision: rows[precision])
    return rows


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch, models: dict[str, Model]) -> Engines:
    return Engines(monkeypatch)


def test_a_gpu_that_agrees_with_the_cpu_on_the_same_model_is_taken(engines: Engines) -> None:
    found = choose(EngineConfig(), HD)
    assert found.network.engine == "cuda"
    assert found.why == "person-fp16 on GPU (C)"
    assert engines.made == ["cuda fp16.onnx", "cpu fp16.onnx"]


def test_without_a_gpu_the_faster_of_the_cpus_engines_is_taken(engines: Engines) -> None:
    engines.without_gpu()
    found = choose(EngineConfig(), HD)
    assert found.network.engine == "openvino"
    assert [engines.classes[name].open for name in choice.CPUS] == [0, 1]
    assert found.why == (
        "person-int8 on CPU (B); not cuda, tensorrt: no NVIDIA driver; not cpu: no faster, 30 against 20 ms"
    )


def test_the_order_of_trying_does_not_decide_between_the_cpus_engines(engines: Engines) -> None:
    engines.without_gpu()
    engines.ms["cpu"] = 10
    assert choose(EngineConfig(), HD).network.engine == "cpu"


@pytest.mark.parametrize(("cpu_ms", "taken"), [(19, "openvino"), (17, "cpu")])
def test_the_reference_has_to_win_clearly(engines: Engines, cpu_ms: float, taken: str) -> None:
    engines.without_gpu()
    engines.ms["cpu"] = cpu_ms
    assert choose(EngineConfig(), HD).network.engine == taken


@pytest.mark.parametrize(("name", "next_best"), [("cuda", "tensorrt"), ("openvino", "cpu")])
def test_an_engine_that_disagrees_is_refused_and_said(engines: Engines, name: str, next_best: str) -> None:
    if name in choice.CPUS:
        engines.without_gpu()
    engines.classes[name].shift = -40.0
    found = choose(EngineConfig(), HD)
    assert found.network.engine == next_best
    assert f"not {name}: its matte differs from the CPU's by 0." in found.why


def test_what_is_not_taken_is_closed(engines: Engines) -> None:
    engines.without_gpu()
    engines.classes["openvino"].shift = -40.0
    found = choose(EngineConfig(), HD)
    assert {name: made.open for name, made in engines.classes.items() if made.open} == {"cpu": 1}
    found.network.close()
    assert engines.classes["cpu"].open == 0


def test_an_engine_that_fails_on_the_frame_is_refused(engines: Engines, monkeypatch: pytest.MonkeyPatch) -> None:
    engines.without_gpu()
    monkeypatch.setattr(engines.classes["openvino"], "run", lambda self, blob: self.logits * np.float32(np.nan))
    found = choose(EngineConfig(), HD)
    assert found.network.engine == "cpu"
    assert "not openvino: the network gave what is not a number" in found.why


def test_with_none_that_works_all_reasons_are_said(engines: Engines) -> None:
    for made in engines.classes.values():
        made.problem = EngineError(f"{made.name} is broken")
    with pytest.raises(EngineError, match=r"no engine works here .*cuda is broken.*cpu is broken"):
        choose(EngineConfig(), HD)


def test_a_file_that_no_engine_runs_is_named(engines: Engines, tmp_path: Path) -> None:
    (tmp_path / "mine.onnx").touch()
    for made in engines.classes.values():
        made.problem = EngineError("it is broken")
    with pytest.raises(EngineError, match=r"no engine runs .*mine\.onnx .*docs/models\.md"):
        choose(EngineConfig(model=str(tmp_path / "mine.onnx")), HD)


@pytest.mark.parametrize("name", ["cuda", "tensorrt", "cpu", "openvino"])
def test_an_engine_that_was_asked_for_is_never_replaced(engines: Engines, name: str) -> None:
    engines.classes[name].problem = EngineError("it is broken", "Mend it.")
    with pytest.raises(EngineError, match=r"it is broken\. Mend it\."):
        choose(EngineConfig(name=name), HD)
    assert len(engines.made) == 1
    assert not (cache_folder() / "engine.json").exists()


def test_a_missing_or_changed_model_file_is_said(engines: Engines, models: dict[str, Model]) -> None:
    models["int8"].file.write_bytes(b"i")
    with pytest.raises(EngineError, match="is cut short"):
        choose(EngineConfig(name="cpu"), HD)
    models["int8"].file.unlink()
    with pytest.raises(EngineError, match="is missing"):
        choose(EngineConfig(name="cpu"), HD)


def test_the_choice_is_remembered(engines: Engines) -> None:
    engines.without_gpu()
    first = choose(EngineConfig(), HD)
    engines.made.clear()
    second = choose(EngineConfig(), HD)
    assert engines.made == ["openvino int8.onnx"]
    assert second.why == first.why
    assert second.network.engine == first.network.engine


@pytest.mark.parametrize(
    "change", ["size", "threads", "device", "sha256", "driver", "driver's version", "library", "onnxruntime"]
)
def test_what_it_depends_on_makes_it_look_again(
    engines: Engines, models: dict[str, Model], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, change: str
) -> None:
    engines.without_gpu()
    monkeypatch.setattr(choice, "has_nvidia_driver", lambda: False)
    choose(EngineConfig(), HD)
    engines.made.clear()
    config, frame = EngineConfig(), HD
    if change == "size":
        frame = Size(640, 480)
    elif change == "threads":
        config = EngineConfig(threads=7)
    elif change == "device":
        config = EngineConfig(device=1)
    elif change == "sha256":
        other = tmp_path / "other.onnx"
        other.write_bytes(b"int8")
        models["int8"] = Model(name="person-int8", file=other, precision="int8")
    elif change == "driver":
        monkeypatch.setattr(choice, "has_nvidia_driver", lambda: True)
    elif change == "driver's version":
        monkeypatch.setattr(choice, "driver_version", lambda: "580.65.06", raising=False)
    elif change == "library":
        monkeypatch.setattr(choice, "_gpu_libraries", lambda: ["cudnn"])
    else:
        monkeypatch.setattr(choice, "version", lambda package: "99")
    choose(config, frame)
    assert len(engines.made) > 1


@pytest.mark.parametrize(
    "reason",
    [
        "CUDA failure 2: out of memory",
        "CUDA failure 100: no CUDA-capable device is detected",
        "CUDA failure 999: unknown error",
        "CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED",
        "Failed to allocate memory for requested buffer of size 221179904",
    ],
)
def test_what_a_gpu_refuses_for_now_is_asked_again_at_the_next_start(engines: Engines, reason: str) -> None:
    """A game held its memory, it was unplugged, or it fell out when the computer slept, and the loop chose anew."""
    for name in choice.GPUS:
        engines.classes[name].problem = EngineError(f"ONNX Runtime cannot load x.onnx: {reason}")
    assert choose(EngineConfig(), HD).network.engine == "openvino"
    for name in choice.GPUS:
        engines.classes[name].problem = None
    assert choose(EngineConfig(), HD).network.engine == "cuda"


def test_a_remembered_engine_that_works_no_more_is_replaced(engines: Engines) -> None:
    assert choose(EngineConfig(), HD).network.engine == "cuda"
    engines.without_gpu()
    assert choose(EngineConfig(), HD).network.engine == "openvino"


@pytest.mark.parametrize("content", ["", "[]", "{", "null", '{"key": 3}'])
def test_a_memory_that_cannot_be_read_does_not_matter(engines: Engines, content: str) -> None:
    cache_folder().mkdir(parents=True)
    (cache_folder() / "engine.json").write_text(content)
    assert choose(EngineConfig(), HD).network.engine == "cuda"
    assert json.loads((cache_folder() / "engine.json").read_text())["engine"] == "cuda"


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="folders have no such rights here")
def test_a_cache_that_cannot_be_written_does_not_matter(engines: Engines) -> None:
    cache_folder().parent.mkdir(parents=True, exist_ok=True)
    cache_folder().write_text("a file where a folder should be")
    assert choose(EngineConfig(), HD).network.engine == "cuda"


def test_the_fixed_engine_needs_no_file_and_auto_never_takes_it() -> None:
    with choose(EngineConfig(name="fixed"), HD).network as network:
        assert network.device == "no network (fixed)"
        assert network.model.area_px == best_model("int8").area_px  # the same loop round another network
    assert "fixed" not in (*choice.GPUS, *choice.CPUS)


def test_a_mistyped_engine_or_model_gets_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"no engine is called 'opnvino'\. Did you mean openvino\?"):
        choose(EngineConfig(name="opnvino"), HD)
    with pytest.raises(UsageError, match=r"no model is called 'person-int'\. Did you mean person-int8"):
        choose(EngineConfig(name="cpu", model="person-int"), HD)
