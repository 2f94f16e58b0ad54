"""What NVIDIA's own libraries tell of the machine. Each answer is empty where the library is not there."""

from __future__ import annotations

import ctypes
import importlib
import sys
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

_TEXT = 256
"""Bytes that the libraries may write; names have at most 96."""

_RELAXED = 2
"""CUDA's cudaStreamCaptureModeRelaxed."""


def has_nvidia_driver() -> bool:
    """Whether the library that comes with NVIDIA's driver can be loaded; cheaper than to ask CUDA itself."""
    return _library("libcuda.so.1", "nvcuda.dll") is not None


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
    with suppress(ImportError, OSError):  # it raises the latter on Windows, where its libraries are missing
        importlib.import_module("tensorrt")  # pip's package: loads its libraries, which the system does not find
    library = _library("libnvinfer.so.10", "nvinfer_10.dll")
    return "" if library is None else str(library.getInferLibVersion())


def page_lock(memory: NDArray[np.uint8]) -> bool:
    """Lets GPUs read and write the memory by themselves, as long as the array lives; False if that is not possible.

    From other memory the driver first copies with the processor into a buffer of its own. An error of CUDA's stays
    with the thread until it is fetched: ONNX Runtime would take it for that of its next kernel.
    """
    library = _library("libcudart.so.13", "cudart64_13.dll")
    if library is None:
        return False
    address = ctypes.c_void_p(memory.ctypes.data)
    with _beside_recordings(library):
        if library.cudaHostRegister(address, ctypes.c_size_t(memory.nbytes), 0):
            library.cudaGetLastError()
            return False
    weakref.finalize(memory, _unlock, library, address).atexit = False
    return True


def _unlock(library: Any, address: ctypes.c_void_p) -> None:
    with _beside_recordings(library):
        if library.cudaHostUnregister(address):
            library.cudaGetLastError()


@contextmanager
def _beside_recordings(library: Any) -> Iterator[None]:
    """The thread tells CUDA that what it does belongs to no recording.

    Otherwise CUDA refuses to lock and to unlock memory while another thread records a graph, and spoils the recording:
    a sink lets go of the last picture of a session just when the next one records its first.
    """
    mode = ctypes.c_int(_RELAXED)
    library.cudaThreadExchangeStreamCaptureMode(ctypes.byref(mode))
    try:
        yield
    finally:
        library.cudaThreadExchangeStreamCaptureMode(ctypes.byref(mode))  # as it was before


def _library(linux: str, windows: str) -> Any:
    try:
        return ctypes.CDLL(windows if sys.platform == "win32" else linux)
    except OSError:
        return None
