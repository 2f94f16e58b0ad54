"""ONNX Runtime on the CPU, CUDA and TensorRT."""

from __future__ import annotations

import ctypes
import os
import re
import sys
import tempfile
from contextlib import nullcontext
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from live_seg.config.tree import Engine as EngineConfig
from live_seg.engines.engine import Blob, engines
from live_seg.errors import EngineError
from live_seg.frame import Size


def thread_count(config: EngineConfig) -> int:
    """Threads for the network: as configured, or one for each core that this process may use, at most 4.

    Beyond four a network of this size gains nothing on CPUs and a laptop's fan starts.
    """
    if config.threads:
        return config.threads
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, 4)


class OnnxRuntimeEngine:
    """What the three providers share: a session for one input size, fed without copies of ours."""

    name = "cpu"
    precision = "int8"
    provider = "CPUExecutionProvider"

    def __init__(self, file: Path, size: Size, config: EngineConfig) -> None:
        runtime = _import()
        options = runtime.SessionOptions()
        options.log_severity_level = 4  # what matters is read back and said by us
        options.intra_op_num_threads = thread_count(config)
        options.inter_op_num_threads = 1
        # Its threads would wait busily after each run: that warms a laptop, and slows whatever runs next.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        for dimension, length in (("batch", 1), ("height", size.height), ("width", size.width)):
            options.add_free_dimension_override_by_name(dimension, length)
        self._prepare(runtime, config)
        overheard = _Overheard()
        with nullcontext() if self.provider == OnnxRuntimeEngine.provider else overheard:  # the CPU's is silent
            try:
                self._session = runtime.InferenceSession(file, options, providers=[self._provider(config)])
                reason = ""
            except Exception as error:  # noqa: BLE001  # the runtime raises a dozen undocumented types
                reason = _first_line(error)
        if reason:
            raise EngineError(f"ONNX Runtime cannot load {file.name}: {reason}", self.cure)
        really = self._session.get_providers()[0]
        if really != self.provider:
            raise EngineError(f"{overheard.reason or f'ONNX Runtime gave {really}'}", self.cure)
        self.device = self._device()
        self._input = self._session.get_inputs()[0].name
        self._outputs = [self._session.get_outputs()[0].name]

    cure = "live-seg doctor tells more."

    def run(self, blob: Blob) -> Blob:
        """Output of the network; see `Engine.run`."""
        try:
            output: Blob = self._session.run(self._outputs, {self._input: blob})[0]
        except Exception as error:  # noqa: BLE001
            raise EngineError(f"ONNX Runtime ({self.name}) failed: {_first_line(error)}", self.cure) from None
        return output if output.dtype == np.float32 else output.astype(np.float32)

    def close(self) -> None:
        """Releases the session; may be called twice."""
        self._session = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _prepare(self, runtime: Any, config: EngineConfig) -> None:
        """What must happen before a session of this provider is made."""

    def _provider(self, config: EngineConfig) -> Any:
        return self.provider

    def _device(self) -> str:
        return "CPU (ONNX Runtime)"


@engines.register("cpu")
class CpuEngine(OnnxRuntimeEngine):
    """ONNX Runtime on the CPU: works everywhere."""


class _NvidiaEngine(OnnxRuntimeEngine):
    precision = "fp16"
    cure = "Run pip install 'live-seg[cuda]', or use --engine auto; live-seg doctor tells more."

    def _prepare(self, runtime: Any, config: EngineConfig) -> None:
        if self.provider not in runtime.get_available_providers():
            raise EngineError(
                f"this build of ONNX Runtime has no {self.name}",
                "Install the package onnxruntime-gpu in place of onnxruntime, or use --engine auto.",
            )
        if not has_nvidia_driver():
            raise EngineError("no NVIDIA driver", "Install NVIDIA's driver for your GPU, or use --engine auto.")
        runtime.preload_dlls()  # CUDA and cuDNN from the [cuda] extra, where the system has none

    def _provider(self, config: EngineConfig) -> Any:
        return (self.provider, {"device_id": config.device})


def has_nvidia_driver() -> bool:
    """Whether the library that comes with NVIDIA's driver can be loaded; cheaper than to ask CUDA itself."""
    try:
        ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
    except OSError:
        return False
    return True


@engines.register("cuda")
class CudaEngine(_NvidiaEngine):
    """ONNX Runtime on an NVIDIA GPU."""

    name = "cuda"
    provider = "CUDAExecutionProvider"

    def _device(self) -> str:
        return "NVIDIA GPU (CUDA)"


@engines.register("tensorrt")
class TensorRtEngine(_NvidiaEngine):
    """ONNX Runtime on an NVIDIA GPU through TensorRT; builds its plan once and keeps it."""

    name = "tensorrt"
    provider = "TensorrtExecutionProvider"
    cure = "Install TensorRT (`pip install tensorrt-cu12`), or use --engine cuda; live-seg doctor tells more."

    def _provider(self, config: EngineConfig) -> Any:
        cache = cache_folder() / "tensorrt"
        cache.mkdir(parents=True, exist_ok=True)
        return (
            self.provider,
            {
                "device_id": config.device,
                "trt_fp16_enable": True,
                "trt_engine_cache_enable": True,
                "trt_engine_cache_path": str(cache),
                "trt_timing_cache_enable": True,
                "trt_timing_cache_path": str(cache),
            },
        )

    def _device(self) -> str:
        return "NVIDIA GPU (TensorRT)"


def cache_folder() -> Path:
    """Where compiled networks are kept; may not exist yet."""
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    return (Path(base) if base else Path.home() / ".cache") / "live-seg"


class _Overheard:
    """Keeps what native libraries print from the user's terminal, and finds in it why a provider did not load.

    ONNX Runtime tells that nowhere else: it prints, and falls back to the CPU without an error.
    """

    reason = ""

    def __enter__(self) -> Self:
        sys.stdout.flush()
        sys.stderr.flush()
        self._printed = tempfile.TemporaryFile()
        self._kept = [os.dup(1), os.dup(2)]
        for number in (1, 2):
            os.dup2(self._printed.fileno(), number)
        return self

    def __exit__(self, *_: object) -> None:
        sys.stdout.flush()
        for number, kept in enumerate(self._kept, 1):
            os.dup2(kept, number)
            os.close(kept)
        self._printed.seek(0)
        text = self._printed.read().decode(errors="replace")
        self._printed.close()
        for line in text.splitlines():
            if line.startswith("live-seg: "):  # ours, from another thread meanwhile
                sys.stderr.write(f"{line}\n")
        missing = re.search(r"([\w.+-]+\.(?:so|dll)[\w.]*): cannot open shared object", text)
        if missing:
            self.reason = f"the library {missing[1]} is missing"
        elif "TensorRT" in text:
            self.reason = "TensorRT is not installed"


def _import() -> Any:
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # Microsoft's builds report their use otherwise
    try:
        import onnxruntime
    except ImportError as error:
        raise EngineError(
            f"ONNX Runtime is missing ({_first_line(error)})", "Install it: pip install onnxruntime"
        ) from None
    return onnxruntime


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
