"""What native libraries print is heard, and the terminal is back afterwards, whoever listens at the same time."""

from __future__ import annotations

import logging
import os

import pytest

from live_seg.cli.main import Terminal
from live_seg.engines.overheard import Overheard, why

MISSING = b"libcudnn.so.9: cannot open shared object file\n"


def test_who_listens_hears_what_is_printed_meanwhile(capfd: pytest.CaptureFixture[str]) -> None:
    listening = Overheard()
    with listening:
        os.write(2, MISSING)
    assert listening.reason == "the library libcudnn.so.9 is missing"
    os.write(2, b"back\n")
    assert capfd.readouterr() == ("", "back\n")


def test_what_is_missing_on_windows_is_named_too() -> None:
    text = r'Error loading "C:\x\onnxruntime_providers_cuda.dll" which depends on "cublasLt64_13.dll" which is missing.'
    assert why(text + ' (Error 126: "The specified module could not be found.")') == (
        "the library cublasLt64_13.dll is missing"
    )


CALLED = (
    "/onnxruntime_src/onnxruntime/core/providers/cuda/cuda_call.cc:{} std::conditional_t<THRW, void, "
    "onnxruntime::common::Status> onnxruntime::CudaCall(ERRTYPE, const char*, const char*, SUCCTYPE, const char*, "
    "const char*, int) [with ERRTYPE = cudaError; bool THRW = true; SUCCTYPE = cudaError; "
    "std::conditional_t<THRW, void, common::Status> = void] "
)
RAN = "[ONNXRuntimeError] : 9 : NOT_IMPLEMENTED : Non-zero status code returned while running Conv node. Name:'conv1' "
NO_CUDNN = (
    f"{RAN}Status Message: /onnxruntime_src/onnxruntime/core/providers/cuda/cuda_kernel.h:272 static cudnnContext* "
    "onnxruntime::cuda::CudaKernel::RequireCudnnHandle(cudnnHandle_t) [ONNXRuntimeError] : 9 : NOT_IMPLEMENTED : cuDNN "
    "is unavailable or disabled for CUDA Execution Provider: "
)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (
            CALLED.format(122) + CALLED.format(114) + "CUDA failure 35: CUDA driver version is insufficient for CUDA "
            "runtime version ; GPU=-1 ; hostname=box ; file=/onnxruntime_src/x.cc ; line=336 ; expr=cudaSetDevice(0);",
            "CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version",
        ),
        (
            CALLED.format(122) + "CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED ; GPU=0 ; hostname=box ; expr=x;",
            "CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED",
        ),
        (
            f"{RAN}Status Message: /onnxruntime_src/onnxruntime/core/framework/bfc_arena.cc:376 void* onnxruntime::"
            "BFCArena::AllocateRawInternal(size_t, bool, onnxruntime::Stream*) Failed to allocate memory for requested "
            "buffer of size 221179904",
            "Failed to allocate memory for requested buffer of size 221179904",
        ),
        (
            f"{NO_CUDNN}dlopen failed for libcudnn.so: libcudnn.so: cannot open shared object file: No such file",
            "the library libcudnn.so is missing",
        ),
        (f"{NO_CUDNN}LoadLibrary failed for cudnn64_9.dll with error 126", "the library cudnn64_9.dll is missing"),
        ("something else", ""),
    ],
)
def test_what_a_gpu_says_is_found_behind_the_names_of_functions(said: str, reason: str) -> None:
    """Word for word as ONNX Runtime writes it: the reason stands behind the 200 letters that a line shows."""
    assert why(said) == reason


def test_of_two_that_listen_at_a_time_the_last_gives_the_terminal_back(capfd: pytest.CaptureFixture[str]) -> None:
    """A network is loaded while a graph is built in another thread: neither lies within the other."""
    first, second = Overheard(), Overheard()
    first.__enter__()
    os.write(2, MISSING)
    second.__enter__()
    first.__exit__()
    os.write(1, b"Please install TensorRT libraries\nlive-seg: took the first camera\n")
    second.__exit__()
    assert first.reason == "the library libcudnn.so.9 is missing"
    assert second.reason == "TensorRT is not installed"
    os.write(1, b"out\n")
    os.write(2, b"error\n")
    assert capfd.readouterr() == ("out\n", "live-seg: took the first camera\nerror\n")


def test_what_we_say_ourselves_is_shown_at_once(capfd: pytest.CaptureFixture[str]) -> None:
    """TensorRT's first plan takes minutes, in which a camera may be lost."""
    handler, lost = Terminal(), logging.makeLogRecord({"msg": "the camera is gone"})
    with Overheard():
        os.write(2, b"noise\n")
        handler.emit(lost)
        assert capfd.readouterr().err == "the camera is gone\n"
    handler.emit(lost)
    assert capfd.readouterr().err == "the camera is gone\n"
