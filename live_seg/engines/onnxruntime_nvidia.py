"""ONNX Runtime on NVIDIA's GPUs: CUDA and TensorRT."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from live_seg.config.tree import Engine as EngineConfig
from live_seg.engines.engine import engines
from live_seg.engines.nvidia import gpu_name, has_nvidia_driver, tensorrt_version
from live_seg.engines.onnxruntime import Dimensions, OnnxRuntimeEngine, cache_folder, import_runtime
from live_seg.engines.overheard import Overheard
from live_seg.engines.plans import plan_options
from live_seg.errors import EngineError

_KEEPS_WHAT_IT_RECORDED = (1, 31, 1)
"""The first ONNX Runtime that was seen to hold on to what a recorded Concat or Split reads from the host; those before
its pull request 32121 replay from memory that has gone to others by then, and may read or write anywhere on the GPU."""


class _NvidiaEngine(OnnxRuntimeEngine):
    precision = "fp16"
    memory = "cuda"
    cure = (
        'Run pip install "live-seg[cuda]" (it wants NVIDIA\'s driver 580 or newer), or use --engine auto; '
        "live-seg doctor tells more."
    )

    @classmethod
    def check(cls) -> Any:
        """See `OnnxRuntimeEngine`."""
        runtime = import_runtime()
        if cls.provider not in runtime.get_available_providers():
            raise EngineError(
                f"this build of ONNX Runtime has no {cls.name}",
                "Install the package onnxruntime-gpu in place of onnxruntime, or use --engine auto.",
            )
        if not has_nvidia_driver():
            raise EngineError("no NVIDIA driver", "Install NVIDIA's driver for your GPU, or use --engine auto.")
        with Overheard():  # it prints to the standard output, where a picture may be going, what it does not find
            runtime.preload_dlls()  # CUDA and cuDNN from the [cuda] extra, where the system has none
        return runtime

    @classmethod
    def _providers(cls, model: Path | bytes, config: EngineConfig, dimensions: Dimensions) -> list[Any]:
        return [(cls.provider, {"device_id": config.device})]


@engines.register("cuda")
class CudaEngine(_NvidiaEngine):
    """ONNX Runtime on an NVIDIA GPU."""

    name = "cuda"
    provider = "CUDAExecutionProvider"
    records = True

    @classmethod
    def graph_providers(cls, model: Path | bytes, config: EngineConfig, dimensions: Dimensions) -> list[Any]:
        """See `OnnxRuntimeEngine`. TF32 would round levels of 8 bits and their weights to 10."""
        version = import_runtime().__version__
        if tuple(int(number) for number in re.findall(r"\d+", version)[:3]) < _KEEPS_WHAT_IT_RECORDED:
            raise EngineError(
                f"ONNX Runtime {version} is too old to record a graph", "Bring it up: pip install -U onnxruntime-gpu."
            )
        return [(cls.provider, {"device_id": config.device, "enable_cuda_graph": "1", "use_tf32": "0"})]

    @classmethod
    def device_name(cls, config: EngineConfig) -> str:
        """See `OnnxRuntimeEngine`."""
        return f"{gpu_name(config.device) or 'NVIDIA GPU'} (CUDA)"


@engines.register("tensorrt")
class TensorRtEngine(_NvidiaEngine):
    """ONNX Runtime on an NVIDIA GPU through TensorRT; builds its plan once and keeps it."""

    name = "tensorrt"
    provider = "TensorrtExecutionProvider"
    cure = 'Install TensorRT (`pip install "tensorrt-cu13<11"`), or use --engine cuda; live-seg doctor tells more.'

    @classmethod
    def check(cls) -> Any:
        """See `OnnxRuntimeEngine`."""
        runtime = super().check()
        if not tensorrt_version():
            raise EngineError("TensorRT is not installed", cls.cure)
        return runtime

    @classmethod
    def _providers(cls, model: Path | bytes, config: EngineConfig, dimensions: Dimensions) -> list[Any]:
        plans = plan_options(cache_folder() / "tensorrt", model, config.device, dimensions)
        return [(cls.provider, {"device_id": config.device, "trt_fp16_enable": True, **plans})]

    @classmethod
    def graph_providers(cls, model: Path | bytes, config: EngineConfig, dimensions: Dimensions) -> list[Any]:
        """See `OnnxRuntimeEngine`. Without `trt_fp16_enable` it keeps to the types of the graph.

        Not recorded: this provider knows no `gpu_graph_id`, and would replay its one recording for every binding.
        """
        plans = plan_options(cache_folder() / "tensorrt", model, config.device, dimensions)
        own = {"device_id": config.device, **plans}
        return [(cls.provider, own), (CudaEngine.provider, {"device_id": config.device, "use_tf32": "0"})]

    @classmethod
    def device_name(cls, config: EngineConfig) -> str:
        """See `OnnxRuntimeEngine`."""
        return f"{gpu_name(config.device) or 'NVIDIA GPU'} (TensorRT)"
