"""What is asked of NVIDIA's libraries, with stand-ins for them; and where TensorRT's plans lie."""

from __future__ import annotations

import ctypes
from pathlib import Path

import pytest
from fake_nvidia import FakeCuda

from live_seg.engines.nvidia import driver_version, gpu_name, tensorrt_version
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


def test_a_plan_belongs_to_one_model_one_gpu_one_driver(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    install(monkeypatch, FakeCuda())
    first = plan_options(tmp_path, b"graph", 0)
    assert plan_options(tmp_path, b"graph", 0) == first
    file = tmp_path / "model.onnx"
    file.write_bytes(b"graph")
    assert plan_options(tmp_path, file, 0) == first
    folders = {first["trt_engine_cache_path"]}
    folders.add(plan_options(tmp_path, b"other weights", 0)["trt_engine_cache_path"])
    folders.add(plan_options(tmp_path, b"graph", 1)["trt_engine_cache_path"])
    for other in (FakeCuda(driver="581.1"), FakeCuda(name="NVIDIA Other")):
        install(monkeypatch, other)
        folders.add(plan_options(tmp_path, b"graph", 0)["trt_engine_cache_path"])
    assert len(folders) == 5
    assert all(Path(folder).is_dir() for folder in folders)


def test_timings_are_shared_by_all_models_of_a_gpu(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    install(monkeypatch, FakeCuda())
    one, two = (plan_options(tmp_path, graph, 0) for graph in (b"one", b"two"))
    assert one["trt_timing_cache_path"] == two["trt_timing_cache_path"]
    assert one["trt_engine_cache_path"] != two["trt_engine_cache_path"]
