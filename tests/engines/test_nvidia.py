"""What is asked of NVIDIA's libraries, with stand-ins for them; and where TensorRT's plans lie."""

from __future__ import annotations

import ctypes
import logging
import sys
from pathlib import Path

import numpy as np
import pytest
from fake_nvidia import GLOBAL, FakeCuda

from live_seg.engines.nvidia import driver_version, gpu_name, page_lock, tensorrt_version
from live_seg.engines.plans import plan_options


def install(monkeypatch: pytest.MonkeyPatch, cuda: FakeCuda) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda name: cuda)


def test_the_gpu_the_driver_and_tensorrt_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, FakeCuda())
    assert gpu_name(1) == "NVIDIA Toy 1"
    assert driver_version() == "580.65.06"
    assert tensorrt_version() == "101303"


def test_a_gpu_that_is_not_there_and_a_driver_that_fails_have_no_name(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, FakeCuda())
    assert gpu_name(2) == ""
    install(monkeypatch, FakeCuda(broken=True))
    assert gpu_name(0) == driver_version() == ""


def test_libraries_that_are_missing_are_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise OSError(f"{name}: cannot open shared object file")

    monkeypatch.setattr(ctypes, "CDLL", missing)
    assert gpu_name(0) == driver_version() == tensorrt_version() == ""


def test_a_tensorrt_of_python_that_cannot_be_imported_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """NVIDIA's own package raises that on Windows, where its libraries are not on the path."""
    (tmp_path / "tensorrt.py").write_text("raise FileNotFoundError('Could not find: nvinfer_10.dll.')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "tensorrt", raising=False)
    assert tensorrt_version() == ""


def test_memory_is_locked_as_long_as_it_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    cuda = FakeCuda()
    install(monkeypatch, cuda)
    memory = np.empty(8, np.uint8)
    assert page_lock(memory)
    assert cuda.locked == {memory.ctypes.data}
    del memory
    assert not cuda.locked


def test_memory_is_locked_and_released_also_while_another_thread_records(monkeypatch: pytest.MonkeyPatch) -> None:
    """CUDA would refuse both and spoil the recording, which is not tried again."""
    cuda = FakeCuda()
    install(monkeypatch, cuda)
    cuda.is_recording = True
    memory = np.empty(8, np.uint8)
    assert page_lock(memory)
    del memory
    assert not cuda.locked
    assert not cuda.is_spoilt
    assert cuda.mode == GLOBAL  # what the thread does besides is watched over as before


def test_memory_that_cannot_be_locked_leaves_no_error_to_whoever_asks_next(monkeypatch: pytest.MonkeyPatch) -> None:
    cuda = FakeCuda(broken=True)
    install(monkeypatch, cuda)
    assert not page_lock(np.empty(8, np.uint8))
    assert cuda.last_error == 0


def test_a_plan_belongs_to_one_model_size_gpu_and_driver(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    install(monkeypatch, FakeCuda())
    first = plan_options(tmp_path, b"graph", 0, {})
    assert plan_options(tmp_path, b"graph", 0, {}) == first
    file = tmp_path / "model.onnx"
    file.write_bytes(b"graph")
    assert plan_options(tmp_path, file, 0, {}) == first
    folders = {first["trt_engine_cache_path"]}
    folders.add(plan_options(tmp_path, b"other weights", 0, {})["trt_engine_cache_path"])
    folders.add(plan_options(tmp_path, b"graph", 1, {})["trt_engine_cache_path"])
    for size in ({"height": 160, "width": 256}, {"height": 192, "width": 256}):
        folders.add(plan_options(tmp_path, b"graph", 0, size)["trt_engine_cache_path"])
    for other in (FakeCuda(driver="581.1"), FakeCuda(name="NVIDIA Other")):
        install(monkeypatch, other)
        folders.add(plan_options(tmp_path, b"graph", 0, {})["trt_engine_cache_path"])
    assert len(folders) == 7
    assert all(Path(folder).is_dir() for folder in folders)


def test_timings_are_shared_by_all_models_of_a_gpu(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    install(monkeypatch, FakeCuda())
    one, two = (plan_options(tmp_path, graph, 0, {}) for graph in (b"one", b"two"))
    assert one["trt_timing_cache_path"] == two["trt_timing_cache_path"]
    assert one["trt_engine_cache_path"] != two["trt_engine_cache_path"]


def test_without_a_place_for_plans_none_are_kept_and_that_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    install(monkeypatch, FakeCuda())
    monkeypatch.setattr(logging.getLogger("live_seg"), "propagate", True)
    (tmp_path / "cache").write_bytes(b"a file")
    assert plan_options(tmp_path / "cache", b"graph", 0, {}) == {}
    assert "TensorRT's plan cannot be kept" in caplog.text


def test_yes_is_a_word_for_tensorrt(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """ONNX Runtime refuses "1" for its options."""
    install(monkeypatch, FakeCuda())
    options = plan_options(tmp_path, b"graph", 0, {})
    assert {value for key, value in options.items() if key.endswith("_enable")} == {"True"}
