"""What NVIDIA's own libraries tell of the machine. Each answer is empty where the library is not there."""

from __future__ import annotations

import ctypes
import sys
from typing import Any

_TEXT = 256
"""Bytes that the libraries may write; names have at most 96."""


def gpu_name(number: int) -> str:
    """Name of a GPU as CUDA counts them: "NVIDIA H200"."""
    library = _library("libcuda.so.1", "nvcuda.dll")
    if library is None or library.cuInit(0):
        return ""
    device, text = ctypes.c_int(), ctypes.create_string_buffer(_TEXT)
    if library.cuDeviceGet(ctypes.byref(device), number) or library.cuDeviceGetName(text, _TEXT, device):
        return ""
    return text.value.decode(errors="replace")


def driver_version() -> str:
    """Version of the driver: "580.65.06"."""
    library = _library("libnvidia-ml.so.1", "nvml.dll")
    if library is None or library.nvmlInit_v2():
        return ""
    text = ctypes.create_string_buffer(_TEXT)
    failed = library.nvmlSystemGetDriverVersion(text, _TEXT)
    library.nvmlShutdown()
    return "" if failed else text.value.decode(errors="replace")


def tensorrt_version() -> str:
    """Version of the TensorRT library that ONNX Runtime loads, as it writes it: "101303"."""
    library = _library("libnvinfer.so.10", "nvinfer_10.dll")
    return "" if library is None else str(library.getInferLibVersion())


def _library(linux: str, windows: str) -> Any:
    try:
        return ctypes.CDLL(windows if sys.platform == "win32" else linux)
    except OSError:
        return None
