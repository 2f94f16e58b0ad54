"""A network, and a GPU that is not there."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from fake_gpu import FakeGpu
from small_network import write_network

from live_seg.engines import onnxruntime_nvidia
from live_seg.models import Model


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """The small network's row."""
    return write_network(tmp_path_factory.mktemp("models"))


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeGpu:
    """Stands in for the module onnxruntime; driver and TensorRT are there."""
    runtime = FakeGpu()
    monkeypatch.setitem(sys.modules, "onnxruntime", runtime)  # type: ignore[arg-type]
    monkeypatch.setattr(onnxruntime_nvidia, "has_nvidia_driver", lambda: True)
    monkeypatch.setattr(onnxruntime_nvidia, "tensorrt_version", lambda: "101303")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return runtime
