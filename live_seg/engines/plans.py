"""Where TensorRT's compiled networks lie: each belongs to one graph at one size, one kind of GPU, one driver and one
TensorRT.

ONNX Runtime names them after the names in the graph alone: with new weights, for another size of the input (its issue
32254), or after an update of the driver, it would take an old one.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from pathlib import Path

from live_seg.engines.nvidia import driver_version, gpu_name, tensorrt_version

log = logging.getLogger("live_seg")


def plan_options(cache: Path, model: Path | bytes, device: int, dimensions: Mapping[str, int]) -> dict[str, str]:
    """Options of the TensorRT provider that make it keep its plan and its timings; makes the folders.

    None where nothing can be kept, which is said. The provider takes only the words True and False for a yes or no, and
    refuses the 1 that CUDA's takes.

    Parameters
    ----------
    cache
        Folder for all of them.
    model
        The graph, or its file.
    device
        Number of the GPU.
    dimensions
        Lengths of the model's named dimensions.
    """
    machine = cache / _short("|".join((gpu_name(device), driver_version(), tensorrt_version())).encode())
    content = model.read_bytes() if isinstance(model, Path) else model
    plan = machine / _short(content + "".join(f"|{name} {dimensions[name]}" for name in sorted(dimensions)).encode())
    try:
        plan.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        log.warning("TensorRT's plan cannot be kept, each start takes minutes: %s", error)
        return {}
    return {
        "trt_engine_cache_enable": "True",
        "trt_engine_cache_path": str(plan),
        "trt_timing_cache_enable": "True",
        "trt_timing_cache_path": str(machine),
    }


def _short(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
