"""That what was asked for is what runs, with a stand-in for the runtime."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pytest
from fake_onnxruntime import FakeOnnxRuntime

from live_seg.config.tree import Engine as EngineConfig
from live_seg.engines import engines, onnxruntime_nvidia
from live_seg.engines.onnxruntime import thread_count
from live_seg.errors import EngineError
from live_seg.frame import Size

FILE = Path("person.onnx")
SIZE = Size(96, 64)
PROVIDERS = {"cpu": "CPUExecutionProvider", "cuda": "CUDAExecutionProvider", "tensorrt": "TensorrtExecutionProvider"}
MISSING = (
    "[E:onnxruntime:Default] Failed to load library libonnxruntime_providers_cuda.so with error: "
    "libcudnn.so.9: cannot open shared object file: No such file or directory\n"
)


@pytest.fixture(autouse=True)
def driver(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(onnxruntime_nvidia, "has_nvidia_driver", lambda: True)
    monkeypatch.setattr(onnxruntime_nvidia, "tensorrt_version", lambda: "101303")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    FILE.write_bytes(b"weights")


def install(monkeypatch: pytest.MonkeyPatch, really: str, prints: str = "", lacking: str = "") -> FakeOnnxRuntime:
    available = tuple(provider for name, provider in PROVIDERS.items() if name not in ("cpu", lacking))
    runtime = FakeOnnxRuntime(really, prints, available)
    monkeypatch.setitem(sys.modules, "onnxruntime", runtime)  # type: ignore[arg-type]
    return runtime


@pytest.mark.parametrize("name", PROVIDERS)
def test_only_the_provider_that_was_asked_for_is_asked_for(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    runtime = install(monkeypatch, PROVIDERS[name])
    with engines.get(name)(FILE, SIZE, EngineConfig(device=2)) as engine:  # type: ignore[attr-defined]
        output = engine.run(np.zeros((1, 3, 64, 96), np.float32))
    (session,) = runtime.sessions
    (asked,) = session["providers"]
    assert (asked if isinstance(asked, str) else asked[0]) == PROVIDERS[name]
    if name != "cpu":
        assert asked[1]["device_id"] == 2
        assert runtime.preloaded == 1
    assert session["enable_fallback"] == 0  # the runtime would go on on the CPU, and print that
    assert session["options"].sizes == {"batch": 1, "height": 64, "width": 96}
    assert output.dtype == np.float32  # also of a network whose output is fp16
    assert output.shape == (1, 1, 64, 96)


@pytest.mark.parametrize("name", ["cuda", "tensorrt"])
def test_a_silent_cpu_is_refused(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    install(monkeypatch, "CPUExecutionProvider")
    with pytest.raises(EngineError, match="ONNX Runtime gave CPUExecutionProvider") as caught:
        engines.get(name)(FILE, SIZE, EngineConfig())
    assert caught.value.cure


def test_tensorrt_keeps_a_plan_for_each_size_of_the_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """ONNX Runtime names plans after the graph, and would run one of another size."""
    runtime = install(monkeypatch, PROVIDERS["tensorrt"])
    for size in (SIZE, Size(64, 96), SIZE):
        engines.get("tensorrt")(FILE, size, EngineConfig())
    wide, upright, again = (session["providers"][0][1]["trt_engine_cache_path"] for session in runtime.sessions)
    assert wide == again != upright


def test_tensorrt_that_is_not_installed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    runtime = install(monkeypatch, PROVIDERS["tensorrt"])
    monkeypatch.setattr(onnxruntime_nvidia, "tensorrt_version", lambda: "")
    with pytest.raises(EngineError, match="TensorRT is not installed") as caught:
        engines.get("tensorrt")(FILE, SIZE, EngineConfig())
    assert 'pip install "tensorrt-cu13<11"' in caught.value.cure
    assert not runtime.sessions


def test_tensorrt_that_became_cuda_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, PROVIDERS["cuda"])
    with pytest.raises(EngineError, match="gave CUDAExecutionProvider"):
        engines.get("tensorrt")(FILE, SIZE, EngineConfig())


def test_the_library_that_is_missing_is_named_and_its_noise_is_not_shown(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    install(monkeypatch, "CPUExecutionProvider", MISSING)
    with pytest.raises(EngineError, match=r"the library libcudnn\.so\.9 is missing") as caught:
        engines.get("cuda")(FILE, SIZE, EngineConfig())
    assert 'pip install "live-seg[cuda]"' in caught.value.cure
    assert capfd.readouterr() == ("", "")


def test_of_a_driver_that_is_too_old_the_one_that_is_wanted_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    runtime = install(monkeypatch, PROVIDERS["cuda"])

    def fail(*_: object, **__: object) -> None:
        said = "CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version ; GPU=-1 ; hostname=box"
        raise RuntimeError(f"{'somewhere ' * 30}{said}")

    monkeypatch.setattr(runtime, "InferenceSession", fail)
    with pytest.raises(EngineError, match=r"CUDA failure 35: .* for CUDA runtime version\. ") as caught:
        engines.get("cuda")(FILE, SIZE, EngineConfig())
    assert "driver 580 or newer" in caught.value.cure


def test_a_library_that_is_only_missed_by_the_first_run_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """ONNX Runtime 1.31 loads without cuDNN, and asks for it at the first convolution."""
    runtime = install(monkeypatch, PROVIDERS["cuda"])
    engine = engines.get("cuda")(FILE, SIZE, EngineConfig())

    def fail(*_: object) -> None:
        raise RuntimeError(f"[ONNXRuntimeError] : 9 : NOT_IMPLEMENTED : {'at some place ' * 20}{MISSING}")

    monkeypatch.setattr(engine._session, "run", fail)  # type: ignore[attr-defined]
    with pytest.raises(EngineError, match=r"\(cuda\) failed: the library libcudnn\.so\.9 is missing") as caught:
        engine.run(np.zeros((1, 3, 64, 96), np.float32))
    assert 'pip install "live-seg[cuda]"' in caught.value.cure
    assert runtime.sessions


def test_a_library_that_fails_is_not_called_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    runtime = install(monkeypatch, PROVIDERS["tensorrt"])

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("TensorRT EP failed to create engine from network.")

    monkeypatch.setattr(runtime, "InferenceSession", fail)
    with pytest.raises(EngineError, match="failed to create engine from network"):
        engines.get("tensorrt")(FILE, SIZE, EngineConfig())


def test_what_other_threads_say_meanwhile_is_still_shown(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    install(monkeypatch, PROVIDERS["cuda"], MISSING + "live-seg: took the first camera\n")
    engines.get("cuda")(FILE, SIZE, EngineConfig())
    assert capfd.readouterr().err == "live-seg: took the first camera\n"


def test_nothing_is_taken_from_the_terminal_for_the_cpu(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    install(monkeypatch, PROVIDERS["cpu"], "a word\n")
    engines.get("cpu")(FILE, SIZE, EngineConfig())
    assert capfd.readouterr().err == "a word\n"


@pytest.mark.parametrize("name", ["cuda", "tensorrt"])
def test_a_build_without_the_provider_is_said(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    install(monkeypatch, "CPUExecutionProvider", lacking=name)
    with pytest.raises(EngineError, match=f"this build of ONNX Runtime has no {name}") as caught:
        engines.get(name)(FILE, SIZE, EngineConfig())
    assert "onnxruntime-gpu" in caught.value.cure


@pytest.mark.parametrize(("name", "module"), [("cpu", "onnxruntime"), ("openvino", "openvino")])
def test_a_runtime_that_is_there_and_whose_libraries_are_not_is_not_installed_once_more(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, module: str
) -> None:
    said = f"DLL load failed while importing {module}: A dynamic link library (DLL) initialization routine failed."
    (tmp_path / f"{module}.py").write_text(f"raise ImportError({said!r})", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    for loaded in [one for one in sys.modules if one.partition(".")[0] == module]:
        monkeypatch.delitem(sys.modules, loaded)
    with pytest.raises(EngineError, match=r"cannot be loaded .*initialization routine") as caught:
        engines.get(name)(FILE, SIZE, EngineConfig())
    assert "Visual C++ Redistributable" in caught.value.cure
    assert "pip" not in caught.value.cure


def test_a_runtime_that_is_missing_is_said_with_the_line_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(EngineError, match="pip install onnxruntime"):
        engines.get("cpu")(FILE, SIZE, EngineConfig())
    monkeypatch.setitem(sys.modules, "openvino", None)
    with pytest.raises(EngineError, match=r"pip install openvino; or use --engine cpu"):
        engines.get("openvino")(FILE, SIZE, EngineConfig())


def test_the_number_of_threads_is_the_one_that_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    runtime = install(monkeypatch, PROVIDERS["cpu"])
    engines.get("cpu")(FILE, SIZE, EngineConfig(threads=3))
    options = runtime.sessions[0]["options"]
    assert (options.intra_op_num_threads, options.inter_op_num_threads) == (3, 1)
    assert options.entries["session.intra_op.allow_spinning"] == "0"  # waiting threads leave the cores to others


@pytest.mark.parametrize(("cores", "threads"), [(1, 1), (2, 2), (4, 4), (64, 4)])
def test_threads_are_the_cores_that_may_be_used_at_most_four(
    monkeypatch: pytest.MonkeyPatch, cores: int, threads: int
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: set(range(cores)), raising=False)
    assert thread_count(EngineConfig()) == threads
    assert thread_count(EngineConfig(threads=9)) == 9


def test_openvino_runs_with_the_threads_that_were_asked_for() -> None:
    from live_seg.models import best_model

    engine = engines.get("openvino")(best_model("int8").file, SIZE, EngineConfig(threads=1))
    compiled = engine._request.get_compiled_model()  # type: ignore[attr-defined]
    assert compiled.get_property("INFERENCE_NUM_THREADS") == 1
