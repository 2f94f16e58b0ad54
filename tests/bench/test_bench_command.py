"""`live-seg bench` from end to end, in its processes, with the engine that has no network."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from dataclasses import replace
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import cast

import pytest
from made import made_result
from networks import write_peer

from live_seg.bench.clip import write_clip
from live_seg.bench.measure import Measurement
from live_seg.bench.plan import Contender, Setting
from live_seg.bench.result import read_result, write_result
from live_seg.bench.subject import About, Subject
from live_seg.bench.worker import Worker, serve
from live_seg.cli.main import main
from live_seg.errors import EngineError
from live_seg.frame import Size

TINY = Size(160, 90)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    write_clip("synthetic", TINY, tmp_path / "clip.npy")
    return tmp_path / "clip.npy"


def test_a_result_is_measured_written_and_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = (
        "bench --size 160x90 --effect transparent --engine fixed --camera synthetic --seconds 0.3 --repeats 2 --json"
    )
    file = tmp_path / "result.json"
    assert main([*words.split(), str(file)]) == 0
    printed = capsys.readouterr().out
    assert "160x90, transparent, flat out" in printed and "loop without network" in printed
    result = read_result(file)
    assert result.camera == "synthetic"
    assert [(row.kind, row.mode) for row in result.rows] == [
        *(("ours", "flat"), ("baseline", "flat")),
        *(("ours", "paced"), ("baseline", "paced")),
    ]
    for row in result.rows:
        assert {"network", "matte", "compose"} <= set(row.stages)
        assert row.fps > 0 and row.cpu_ms > 0
        assert row.p50_ms <= row.p95_ms <= row.p99_ms
        assert row.memory_mb is None or 20 < row.memory_mb < 500
    paced = result.rows[2]
    assert paced.frames == 18
    assert paced.fps <= 30
    assert main(["bench", "--compare", str(file), str(file)]) == 0
    assert "same" in capsys.readouterr().out


def test_alone_leaves_the_baselines_out_and_says_no_ratio(tmp_path: Path) -> None:
    words = "bench --alone --size 160x90 --engine fixed --camera synthetic --mode flat --seconds 0.2 --repeats 1 --json"
    file = tmp_path / "alone.json"
    assert main([*words.split(), str(file)]) == 0
    result = read_result(file)
    assert result.camera == "synthetic"
    assert [(row.kind, row.ratio) for row in result.rows] == [("ours", None)]
    assert "--alone" in result.command


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_leaves_no_clip_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    def run(measurement: Measurement, setting: Setting, contenders: object) -> None:
        measurement._clip(TINY)
        assert list(tmp_path.glob("*/160x90.npy"))
        signal.raise_signal(number)

    def at_once(number: int, frame: object) -> None:
        raise AssertionError("the signal would have ended the process at once")

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(Measurement, "run", run)
    before = signal.signal(number, at_once)
    try:
        assert ended_with("bench --size 160x90 --engine fixed --camera synthetic") == 128 + number
    finally:
        signal.signal(number, before)
    assert list(tmp_path.iterdir()) == []


def ended_with(words: str) -> int | str | None:
    try:
        return main(words.split())
    except SystemExit as end:
        return end.code


def test_what_was_measured_is_shown_also_where_it_cannot_be_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = "bench --alone --size 160x90 --engine fixed --camera synthetic --mode flat --seconds 0.2 --repeats 1 --json"
    assert main([*words.split(), str(tmp_path)]) == 2
    said = capsys.readouterr()
    assert "160x90, blur, flat out" in said.out and "is a folder" in said.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--seconds", "nan"], "take numbers over 0"),
        (["--seconds", "inf"], "take numbers over 0"),
        (["--model", "nobody"], "no model is called 'nobody'"),
    ],
    ids=["nan", "inf", "no model"],
)
def test_what_cannot_be_measured_is_wrong_use(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    usual = ["bench", "--size", "160x90", "--engine", "fixed", "--camera", "nowhere.mp4"]
    assert main([*usual, *words]) == 2
    assert said in capsys.readouterr().err


def test_a_slower_result_gives_exit_code_1(tmp_path: Path) -> None:
    write_result(made_result(), tmp_path / "before.json")
    write_result(made_result(0.8), tmp_path / "after.json")
    files = [str(tmp_path / "before.json"), str(tmp_path / "after.json")]
    assert main(["bench", "--compare", *files]) == 1
    assert main(["bench", "--compare", *files[::-1]]) == 0


def test_brackets_in_a_name_are_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = made_result()
    file = tmp_path / "result.json"
    write_result(replace(result, rows=[replace(row, name="net [/fp16]") for row in result.rows]), file)
    assert main(["bench", "--compare", str(file), str(file)]) == 0
    assert "net [/fp16]" in capsys.readouterr().out


def test_results_of_different_pictures_are_not_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [tmp_path / "a.json", tmp_path / "b.json"]
    for camera, file in zip(("demo", "walk.mp4"), files, strict=True):
        write_result(replace(made_result(), camera=camera), file)
    assert main(["bench", "--compare", *map(str, files)]) == 2
    assert "different pictures, demo and walk.mp4" in capsys.readouterr().err


@pytest.mark.parametrize("loop", ["own", "plain"])
def test_a_peer_runs_in_our_loop_and_in_the_plain_one(tmp_path: Path, clip: Path, loop: str) -> None:
    adapter = write_peer(tmp_path, mean=[127.0] * 3, std=[1.0] * 3)  # of red more than that is a person: decided
    contender = Contender("peer", "cpu", "own" if loop == "own" else "plain", adapter=adapter, name="peer")
    with Subject(contender, Setting(TINY, "blur", "flat", 1), clip) as subject:
        measured = subject.round(0.1)
    assert subject.about.input_size == "32x32"
    assert measured.shown > 1
    assert measured.hidden == 0


def test_the_straightforward_pipeline_runs_the_same_network_at_the_same_size_in_fp32(clip: Path) -> None:
    setting = Setting(TINY, "blur", "flat", 1)
    with Subject(Contender("baseline", "cpu", "plain", name="straightforward"), setting, clip) as plain:
        assert "fp32" in plain.about.device
        assert plain.round(0.3).shown > 0
    with Subject(Contender("ours", "cpu"), setting, clip) as ours:
        assert ours.about.input_size == plain.about.input_size


@pytest.mark.parametrize("gone", [BrokenPipeError, ConnectionResetError])
def test_a_round_that_nobody_waits_for_any_more_ends_without_a_word(
    clip: Path, monkeypatch: pytest.MonkeyPatch, gone: type[OSError]
) -> None:
    told: list[object] = []

    class Parent:
        def recv(self) -> float:
            return 0.1

        def send(self, what: object) -> None:
            if told:
                raise gone
            told.append(what)

    monkeypatch.setattr(signal, "signal", lambda number, handler: None)
    serve(cast(Connection, Parent()), Contender("ours", "fixed"), Setting(TINY, "blur", "flat", 1), clip)
    assert isinstance(told[0], About)


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C cannot be sent to one process there")
def test_ctrl_c_is_the_parents_business_from_the_first_moment_on(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    start = SpawnProcess.start

    def started(process: SpawnProcess) -> None:
        start(process)
        assert process.pid
        os.kill(process.pid, signal.SIGINT)

    monkeypatch.setattr(SpawnProcess, "start", started)
    before = signal.getsignal(signal.SIGINT)
    with Worker(Contender("ours", "fixed"), Setting(TINY, "blur", "flat", 1), clip) as worker:
        assert worker.round(0.1).shown > 0
    assert signal.getsignal(signal.SIGINT) is before


def test_a_process_that_ends_is_said_and_nothing_waits_for_it(clip: Path) -> None:
    with Worker(Contender("ours", "fixed"), Setting(TINY, "blur", "flat", 1), clip) as worker:
        worker._process.kill()
        worker._process.join()
        for _ in range(2):  # the first may be the one that only warms up
            with pytest.raises(EngineError, match="process ended"):
                worker.round(1.0)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--size 1280", "1280"),
        ("--effect blurr", "blur"),
        ("--engine cuta", "cuda"),
        ("--seconds 0", "--seconds"),
        ("--compare a.json b.json", "a.json"),
    ],
)
def test_wrong_use_is_said_before_anything_is_measured(
    words: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bench", *words.split()]) == 2
    assert said in capsys.readouterr().err
