"""ONNX Runtime as it is with a GPU, at the border of its interface; behind that the real one computes on the CPU.

It keeps to what matters to callers: tensors on the device can only be copied; a recorded CUDA graph reads
and writes the addresses that it was recorded with, whatever is bound later; TensorRT's provider has one graph whatever
is asked for by `gpu_graph_id`, and takes no other words than True and False for a yes or no.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import onnxruntime as real

TENSORRT = "TensorrtExecutionProvider"


class OutOfMemory(RuntimeError):
    """The runtime's error when the GPU is full."""

    def __init__(self) -> None:
        super().__init__("CUDA failure 2: out of memory ; GPU=0 ; hostname=box\nmore lines")


class FakeValue:
    """A tensor on the device "cuda" or "cpu"."""

    def __init__(self, value: Any, place: str) -> None:
        self.value = value
        self.place = place

    @classmethod
    def ortvalue_from_shape_and_type(cls, shape: Any, kind: Any, place: str, device: int) -> FakeValue:
        return cls(real.OrtValue.ortvalue_from_shape_and_type(shape, kind, "cpu", 0), place)

    @classmethod
    def ortvalue_from_numpy(cls, array: Any) -> FakeValue:
        return cls(real.OrtValue.ortvalue_from_numpy(array), "cpu")

    def update_inplace(self, content: Any) -> None:
        self.value.update_inplace(content.value if isinstance(content, FakeValue) else content)

    def shape(self) -> Any:
        return self.value.shape()

    def data_type(self) -> str:
        return str(self.value.data_type())


class FakeBinding:
    """What a run reads and writes."""

    def __init__(self, session: Any) -> None:
        self.binding = session.io_binding()
        self.places: set[str] = set()

    def bind_ortvalue_input(self, name: str, value: FakeValue) -> None:
        self.places.add(value.place)
        self.binding.bind_ortvalue_input(name, value.value)

    def bind_ortvalue_output(self, name: str, value: FakeValue) -> None:
        self.places.add(value.place)
        self.binding.bind_ortvalue_output(name, value.value)


def refuse_wrong_words(options: dict[str, dict[str, Any]]) -> None:
    """The runtime's error for a yes or no of TensorRT's that is neither True nor False."""
    for key, value in options.get(TENSORRT, {}).items():
        if key.startswith("trt_") and key.endswith("_enable") and str(value) not in ("True", "False"):
            raise RuntimeError(f"[ERROR] [TensorRT] The value for the key '{key}' should be 'True' or 'False'.")


class FakeSession:
    """A session on a made-up GPU."""

    def __init__(self, runtime: FakeGpu, model: bytes, options: Any, providers: list[Any]) -> None:
        self._runtime = runtime
        self._session = real.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self.providers = [one if isinstance(one, str) else one[0] for one in providers]
        self.provider_options = [{} if isinstance(one, str) else one[1] for one in providers]
        refuse_wrong_words(dict(zip(self.providers, self.provider_options, strict=True)))
        self.recorded: dict[str, FakeBinding] = {}
        self.runs: list[str] = []

    def get_providers(self) -> list[str]:
        return [*self.providers, "CPUExecutionProvider"]

    def get_inputs(self) -> Any:
        return self._session.get_inputs()

    def get_outputs(self) -> Any:
        return self._session.get_outputs()

    def io_binding(self) -> FakeBinding:
        return FakeBinding(self._session)

    def run_with_iobinding(self, binding: FakeBinding, options: Any) -> None:
        self._runtime.fail_if_due(self.providers[0])
        assert binding.places == {"cuda"}
        graph = options.get_run_config_entry("gpu_graph_id")
        self.runs.append(graph)
        own = self.provider_options[0]
        if self.providers[0] == TENSORRT and str(own.get("trt_cuda_graph_enable")) == "True":
            binding = self.recorded.setdefault("0", binding)
        elif graph != "-1" and own.get("enable_cuda_graph") == "1":
            binding = self.recorded.setdefault(graph, binding)
        self._session.run_with_iobinding(binding.binding)


class FakeGpu:
    """The module onnxruntime. `failures`: provider -> errors that its next runs raise; `broken`: cannot be loaded."""

    SessionOptions = real.SessionOptions
    RunOptions = real.RunOptions
    OrtValue = FakeValue
    __version__ = "1.31.1"

    def __init__(self) -> None:
        self.sessions: list[FakeSession] = []
        self.failures: dict[str, list[Exception]] = {}
        self.broken: dict[str, Exception] = {}

    def get_available_providers(self) -> list[str]:
        return [TENSORRT, "CUDAExecutionProvider", "CPUExecutionProvider"]

    def preload_dlls(self) -> None:
        pass

    def InferenceSession(self, model: Any, options: Any, providers: list[Any], enable_fallback: int) -> Any:  # noqa: N802
        first = providers[0] if isinstance(providers[0], str) else providers[0][0]
        if first in self.broken:
            raise self.broken[first]
        self.sessions.append(FakeSession(self, model, options, providers))
        return self.sessions[-1]

    def fail_if_due(self, provider: str) -> None:
        if self.failures.get(provider):
            raise self.failures[provider].pop(0)


def noise(height: int, width: int, seed: int = 0) -> Any:
    """uint8 (height, width, 3), smooth enough that the small network finds regions in it."""
    small = np.random.default_rng(seed).integers(0, 256, (9, 16, 3)).astype(np.uint8)
    import cv2

    return cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
