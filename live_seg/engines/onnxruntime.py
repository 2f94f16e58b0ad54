"""ONNX Runtime, and its engine on the CPU; those on NVIDIA's GPUs are in onnxruntime_nvidia.py."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np

from live_seg.closing import Closing
from live_seg.config import home
from live_seg.config.tree import Engine as EngineConfig
from live_seg.engines.engine import Blob, engines
from live_seg.engines.overheard import Overheard, why
from live_seg.errors import EngineError, cure_of_import
from live_seg.frame import Size


def thread_count(config: EngineConfig) -> int:
    """Threads for the network: as configured, or one for each core that this process may use, at most 4.

    Beyond four a network of this size gains nothing on CPUs and a laptop's fan starts.
    """
    return config.threads or min(core_count(), 4)


def core_count() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


Dimensions = Mapping[str, int]
"""Lengths of a model's named dimensions."""

Providers = Callable[[Path | bytes, EngineConfig, Dimensions], list[Any]]
"""Names ONNX Runtime's providers for a model, the first choice first, each alone or with its options."""


class OnnxRuntimeEngine(Closing):
    """What its engines share: a session for one input size, fed without copies of ours."""

    name = "cpu"
    precision = "int8"
    provider = "CPUExecutionProvider"
    memory = "cpu"
    """Where its tensors lie, as ONNX Runtime names it."""
    records = False
    """Whether it records the runs of `graph_providers` as CUDA graphs, one for each `gpu_graph_id`."""

    def __init__(self, file: Path, size: Size, config: EngineConfig) -> None:
        dimensions = {"batch": 1, "height": size.height, "width": size.width}
        self._session = self.open(file, config, self._providers, dimensions)
        self.device = self.device_name(config)
        self._input = self._session.get_inputs()[0].name
        self._outputs = [self._session.get_outputs()[0].name]

    @classmethod
    def open(cls, model: Path | bytes, config: EngineConfig, providers: Providers, dimensions: Dimensions) -> Any:
        """An ONNX Runtime session that really runs on the provider.

        Parameters
        ----------
        model
            An .onnx file, or what would be in it.
        providers
            Gives the provider with its options; others after it take what it cannot do.
        dimensions
            Lengths of the model's named dimensions.

        Raises
        ------
        EngineError
            If the runtime or the device is missing, or the session does not run on what was asked for.
        """
        runtime = cls.check()
        options = runtime.SessionOptions()
        options.log_severity_level = 4  # what matters is read back and said by us
        options.intra_op_num_threads = thread_count(config)
        options.inter_op_num_threads = 1
        # Its threads would wait busily after each run: that warms a laptop, and slows whatever runs next.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        for dimension, length in dimensions.items():
            options.add_free_dimension_override_by_name(dimension, length)
        asked = providers(model, config, dimensions)
        overheard = Overheard()
        with nullcontext() if cls.provider == OnnxRuntimeEngine.provider else overheard:  # the CPU's is silent
            try:
                session = runtime.InferenceSession(model, options, providers=asked, enable_fallback=0)
                reason = ""
            except Exception as error:  # noqa: BLE001  # the runtime raises a dozen undocumented types
                reason = what_failed(error)
        if reason:
            name = model.name if isinstance(model, Path) else "the graph"
            raise EngineError(f"ONNX Runtime cannot load {name}: {overheard.reason or reason}", cls.cure)
        really = session.get_providers()[0]
        if really != cls.provider:
            raise EngineError(f"{overheard.reason or f'ONNX Runtime gave {really}'}", cls.cure)
        return session

    cure = "live-seg doctor tells more."

    def run(self, blob: Blob) -> Blob:
        """Output of the network; see `Engine.run`."""
        try:
            output: Blob = self._session.run(self._outputs, {self._input: blob})[0]
        except Exception as error:  # noqa: BLE001
            raise EngineError(f"ONNX Runtime ({self.name}) failed: {what_failed(error)}", self.cure) from None
        return output if output.dtype == np.float32 else output.astype(np.float32)

    def close(self) -> None:
        """Releases the session; may be called twice."""
        self._session = None

    @classmethod
    def check(cls) -> Any:
        """The module onnxruntime, prepared for sessions on this provider.

        Raises
        ------
        EngineError
            If the runtime, the device or one of its libraries is missing.
        """
        return import_runtime()

    @classmethod
    def _providers(cls, model: Path | bytes, config: EngineConfig, dimensions: Dimensions) -> list[Any]:
        return [cls.provider]

    @classmethod
    def graph_providers(cls, model: Path | bytes, config: EngineConfig, dimensions: Dimensions) -> list[Any]:
        """Providers for a whole graph of ours: its types are kept, and CUDA records it once and then replays it."""
        return [cls.provider]

    @classmethod
    def device_name(cls, config: EngineConfig) -> str:
        """What runs, for people."""
        return "CPU (ONNX Runtime)"


@engines.register("cpu")
class CpuEngine(OnnxRuntimeEngine):
    """ONNX Runtime on the CPU: works everywhere."""


def cache_folder() -> Path:
    """Where compiled networks are kept; may not exist yet."""
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    return (Path(base) if base else home() / ".cache") / "live-seg"


def import_runtime() -> Any:
    """The module onnxruntime, without its reports; `EngineError` if it is missing."""
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # Microsoft's builds report their use otherwise
    try:
        import onnxruntime
    except ModuleNotFoundError as error:
        raise EngineError(
            f"ONNX Runtime is missing ({first_line(error)})", "Install it: pip install onnxruntime"
        ) from None
    except ImportError as error:  # it is there; a second package beside it would overwrite its files
        raise EngineError(
            f"ONNX Runtime cannot be loaded ({first_line(error)})", cure_of_import(error) or "Install live-seg again."
        ) from None
    return onnxruntime


def what_failed(error: Exception) -> str:
    """Why a session did not load or run, in one line."""
    return why(str(error)) or first_line(error)


def first_line(error: Exception) -> str:
    """What an error says, in one line."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
