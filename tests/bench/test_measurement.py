"""Contenders take turns; what does not work here is left out with its reason."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from made import OURS, PEER, PLAIN, made_round, setting

from live_seg.bench.measure import Measurement, measure
from live_seg.bench.plan import MODES, Contender, Setting, contenders
from live_seg.bench.round import Round
from live_seg.bench.scaling import scaling_plan
from live_seg.bench.subject import About
from live_seg.config import Config
from live_seg.engines import engines
from live_seg.engines.onnxruntime import thread_count
from live_seg.errors import EngineError, LiveSegError, UsageError
from live_seg.frame import Size

log: list[str] = []

FLAT, PACED = (replace(setting(mode), size=Size(160, 90)) for mode in MODES)


class Fake:
    """Tells when it was opened, run and closed."""

    def __init__(self, contender: Contender, setting: Setting, clip: Path) -> None:
        engine = "openvino" if contender.engine == "auto" else contender.engine
        self.about = About(contender.name or f"model on {engine}", engine, "CPU", 2, "288x160")
        self._name = contender.name or engine
        self._runs = 0
        if contender.engine == "cuda":
            raise EngineError("no NVIDIA driver")
        log.append(f"open {contender.name or contender.engine}")

    def round(self, seconds: float) -> Round:
        self._runs += 1
        log.append(f"{self._name} {seconds:g}")
        if self._name == "slow to start" and self._runs == 1:
            raise EngineError("it showed no picture")
        if self._name == "dies" and self._runs == 3:
            raise EngineError("its process ended with code -9")
        return made_round()

    def close(self) -> None:
        log.append(f"close {self._name}")


@pytest.fixture
def measurement() -> Measurement:
    log.clear()
    return Measurement("synthetic", 5.0, 2, open_contender=Fake)


def test_rounds_alternate_after_a_warm_up_and_turn_round(measurement: Measurement) -> None:
    measured = measure([(FLAT, [OURS, PLAIN])], measurement)
    assert log == [
        *("open cpu", "cpu 2", "open straightforward", "straightforward 2"),
        *("cpu 5", "straightforward 5", "straightforward 5", "cpu 5"),
        *("close straightforward", "close cpu"),
    ]
    assert [row.ratio for row in measured.rows] == [1.0, 1.0]


def test_what_does_not_work_here_is_left_out_with_its_reason(measurement: Measurement) -> None:
    measured = measure([(FLAT, [Contender("ours", "cuda"), OURS])], measurement)
    assert [row.engine for row in measured.rows] == ["cpu"]
    assert [one.why for one in measured.skipped] == ["no NVIDIA driver"]


def test_one_that_dies_on_the_way_does_not_take_the_others_along(measurement: Measurement) -> None:
    measured = measure([(FLAT, [Contender("ours", "cpu", name="dies"), PEER])], measurement)
    assert [row.name for row in measured.rows] == ["selfie"]
    assert "-9" in measured.skipped[0].why


def test_a_warm_up_that_shows_nothing_does_not_count(measurement: Measurement) -> None:
    measured = measure([(FLAT, [Contender("ours", "cpu", name="slow to start")])], measurement)
    assert len(measured.rows) == 1


def test_nothing_at_all_is_an_error(measurement: Measurement) -> None:
    with pytest.raises(LiveSegError, match="no NVIDIA driver"):
        measure([(FLAT, [Contender("ours", "cuda")])], measurement)


def test_auto_is_settled_in_a_process_that_is_not_measured(measurement: Measurement) -> None:
    measured = measure([(FLAT, [Contender("ours", "auto")]), (PACED, [Contender("ours", "auto")])], measurement)
    assert log[:3] == ["open auto", "close openvino", "open openvino"]
    assert log.count("open auto") == 1
    assert [row.engine for row in measured.rows] == ["openvino", "openvino"]


def test_all_engines_are_those_that_run_a_network() -> None:
    found = [one.engine for one in contenders(["all", "cpu"], "auto", None, "blur") if one.kind == "ours"]
    assert sorted(found) == sorted(set(engines.names()) - {"fixed"})


def test_effects_that_the_straightforward_pipeline_lacks_have_no_such_baseline() -> None:
    assert [one.name for one in contenders(["cpu"], "auto", None, "transparent")] == ["", "loop without network"]


def test_an_engine_or_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cuta"):
        contenders(["cuta"], "auto", None, "blur")
    with pytest.raises(UsageError, match="no adapter"):
        contenders(["cpu"], "auto", tmp_path, "blur")


def test_scaling_goes_over_sizes_and_threads() -> None:
    alone = Contender("baseline", "fixed", name="loop without network")
    plan = scaling_plan([OURS, PLAIN, alone, PEER], "blur", 3, [Size(320, 180), Size(1280, 720)])
    usual = thread_count(Config().engine)
    assert [(str(one.size), one.threads) for one, _ in plan] == [
        *(("320x180", 0), ("1280x720", 0)),
        *(("1280x720", threads) for threads in (1, 2, 3) if threads != usual),
    ]
    assert all(list(found) == [OURS, PLAIN, alone] for _, found in plan[:2])
    assert all(list(found) == [OURS, PLAIN] for _, found in plan[2:]), "without a network there are no threads for it"
