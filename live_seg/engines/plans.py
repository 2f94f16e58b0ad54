"""Where TensorRT's compiled networks lie: each belongs to one graph, one kind of GPU, one driver and one TensorRT.

ONNX Runtime names them after the graph's shape alone: with new weights, or after an update of the driver, it would take
an old one.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from live_seg.engines.nvidia import driver_version, gpu_name, tensorrt_version


def plan_options(cache: Path, model: Path | bytes, device: int) -> dict[str, str]:
    """Options of the TensorRT provider that make it keep its plan and its timings; makes the folders.

    Parameters
    ----------
    cache
        Folder for all of them.
    model
        The graph, or its file.
    device
        Number of the GPU.
    """
    machine = cache / _short("|".join((gpu_name(device), driver_version(), tensorrt_version())).encode())
    plan = machine / _short(model.read_bytes() if isinstance(model, Path) else model)
    plan.mkdir(parents=True, exist_ok=True)
    return {
        "trt_engine_cache_enable": "1",
        "trt_engine_cache_path": str(plan),
        "trt_timing_cache_enable": "1",
        "trt_timing_cache_path": str(machine),
    }


def _short(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
