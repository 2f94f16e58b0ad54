"""What doctor says of engines: each is proved by a run in a process of its own."""

import json
from pathlib import Path

import pytest

from live_seg.cli.checks import engines
from live_seg.cli.checks.check import State
from live_seg.cli.checks.engines import check_engines, real_engines
from live_seg.frame import Size
from live_seg.models import Model


def engines_found(answers, has_gpu):
    return {c.subject: c for c in engines.check_engines(lambda: sorted(answers), lambda n: answers[n], has_gpu)}


RAN = {"device": "CPU (ONNX Runtime)", "model": "person-int8", "ms": 22.4}
BROKEN = {"what": "ONNX Runtime is missing", "cure": "pip install onnxruntime"}


def test_engines_that_ran_are_ok_with_what_really_ran():
    found = engines_found({"cpu": RAN, "cuda": BROKEN}, has_gpu=False)
    assert found["engine cpu"].text == "CPU (ONNX Runtime): person-int8 in 22 ms"
    assert (found["engine cuda"].state, found["engine cuda"].text) == (State.ABSENT, "no NVIDIA GPU here")
    assert found["engines"].state is State.OK and found["engines"].needed


def test_with_a_gpu_a_cuda_that_does_not_run_fails_with_its_cure():
    found = engines_found({"cpu": RAN, "cuda": BROKEN, "tensorrt": BROKEN}, has_gpu=True)
    assert (found["engine cuda"].state, found["engine cuda"].cure) == (State.FAILED, BROKEN["cure"])
    assert found["engine tensorrt"].state is State.ABSENT
    assert found["engines"].state is State.OK


def test_no_engine_at_all_is_a_failure_of_what_is_needed():
    found = engines_found({"cpu": BROKEN, "openvino": BROKEN}, has_gpu=False)
    assert found["engines"].state is State.FAILED and found["engines"].needed
    assert found["engines"].cure == BROKEN["cure"]


def test_an_engine_that_ends_its_process_is_a_finding_and_not_the_end(monkeypatch):
    ended = type("Ended", (), {"returncode": -11, "stdout": "", "stderr": "loading\nSegmentation fault\n"})
    monkeypatch.setattr(engines.subprocess, "run", lambda *_, **__: ended)
    answer = engines.prove_apart("cuda")
    assert "ended with -11: Segmentation fault" in answer["what"] and answer["cure"]


def test_a_file_in_the_folder_that_doctor_is_started_in_is_no_package(monkeypatch, tmp_path):
    (tmp_path / "onnxruntime.py").write_text("raise ImportError('of somebody else')")
    monkeypatch.chdir(tmp_path)
    assert "what" not in engines.prove_apart("cpu")


def test_what_a_native_library_prints_need_not_be_text_of_the_systems_code_page(monkeypatch, tmp_path):
    printing = tmp_path / "python"
    printing.write_bytes(b"#!/bin/sh\nprintf 'cannot \\201ffnen\\n' >&2; exit 3\n")
    printing.chmod(0o755)
    monkeypatch.setattr(engines.sys, "executable", str(printing))
    assert "ended with 3: cannot" in engines.prove_apart("cuda")["what"]


def test_an_engine_that_hangs_is_a_finding(monkeypatch):
    def hang(*_, **__):
        raise engines.subprocess.TimeoutExpired("python", 1)

    monkeypatch.setattr(engines.subprocess, "run", hang)
    assert "no answer" in engines.prove_apart("cuda")["what"]


class Engine:
    precision = "int8"
    device = "nothing"
    output = 0.0

    def __init__(self, file, size, config):
        assert size == Size(288, 160)

    def run(self, blob):
        return blob * 0 + self.output

    def close(self):
        pass


@pytest.mark.parametrize(("output", "key"), [(0.0, "ms"), (float("nan"), "cure")])
def test_the_proof_is_a_real_run_that_gives_numbers(monkeypatch, capsys, output, key):
    monkeypatch.setattr(Engine, "output", output)
    monkeypatch.setattr(engines.engines, "get", lambda name: Engine)
    monkeypatch.setattr("live_seg.models.best_model", lambda precision: Model("m", Path("m.onnx"), precision))
    engines.prove("cpu")
    assert key in json.loads(capsys.readouterr().out)


def test_the_proof_of_an_unknown_engine_says_so(capsys):
    engines.prove("nonesuch")
    assert "no engine is called" in json.loads(capsys.readouterr().out)["what"]


def test_the_stand_in_proves_nothing() -> None:
    assert {"cpu", "openvino", "cuda", "tensorrt"} <= set(real_engines())
    assert "fixed" not in real_engines()
    asked = [check.subject for check in check_engines(prove=lambda name: {"what": "broken", "cure": ""}, has_gpu=True)]
    assert "engine fixed" not in asked
