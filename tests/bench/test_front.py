from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from made import OURS, PLAIN, Contender, made_result, made_round, made_row

from live_seg.bench.front import join, read_means
from live_seg.bench.result import Result, write_result
from live_seg.cli.main import main
from live_seg.errors import UsageError

FIGURES = {"person-int8": (0.90, 0.70, 20.0), "quick": (0.80, 0.71, 5.0), "slow": (0.89, 0.60, 80.0)}
"""IoU, boundary IoU, ms."""


def result(*names: str) -> Result:
    rows = [made_row(PLAIN, [made_round()], [])]
    for name in names or FIGURES:
        contender = OURS if name == "person-int8" else Contender("peer", "cpu", name=name)
        rounds = [made_round(p50_ms=FIGURES[name][2])]
        rows += [made_row(contender, rounds, [], mode) for mode in ("flat", "paced")]
    return replace(made_result(), rows=rows)


def scores(folder: Path, *names: str) -> Path:
    models = {
        name: {"overall": {"n": 3, "iou": FIGURES[name][0], "boundary_iou": FIGURES[name][1], "mad": 0.05}}
        for name in names or FIGURES
    }
    (folder / "scores.json").write_text(json.dumps({"models": models}))
    return folder / "scores.json"


def test_on_the_front_is_what_nobody_beats_in_quality_and_time(tmp_path: Path) -> None:
    points = {point.row.name: point for point in join(read_means(scores(tmp_path)), result())}
    assert list(points) == ["quick", "person-int8", "slow"], "fastest first"
    assert points["quick"].fronts == ("iou", "boundary_iou")
    assert points["person-int8"].fronts == ("iou",), "quick has the better outlines, and is faster"
    assert points["slow"].fronts == ()


def test_two_that_are_equal_are_both_on_the_front(tmp_path: Path) -> None:
    twice = result()
    rows = [*twice.rows, replace(twice.rows[1], engine="openvino")]
    points = join(read_means(scores(tmp_path)), replace(twice, rows=rows))
    assert [point.fronts for point in points if point.row.name == "person-int8"] == [("iou",), ("iou",)]


def test_the_command_prints_rows_and_draws(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("matplotlib")
    write_result(result("quick", "slow"), tmp_path / "bench.json")
    words = ["bench", "--front", str(scores(tmp_path)), str(tmp_path / "bench.json")]
    assert main([*words, "--plot", str(tmp_path / "front.png")]) == 0
    said = capsys.readouterr().out
    assert "| quick | cpu | 0.800 | 0.710 | 0.050 | 5.0 | 8.0 | IoU, boundary IoU |" in said
    assert "Not in both: person-int8." in said and "3 pictures" in said
    assert (tmp_path / "front.png").read_bytes()[:4] == b"\x89PNG"


def test_files_that_are_something_else_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_result(result("quick"), tmp_path / "bench.json")
    good = scores(tmp_path)
    for wrong, said in (("{}", "no result of live-seg evaluate"), ("[", "no result"), (None, "cannot be read")):
        file = tmp_path / "wrong.json"
        file.unlink(missing_ok=True)
        if wrong:
            file.write_text(wrong)
        assert main(["bench", "--front", str(file), str(tmp_path / "bench.json")]) == 2
        assert said in capsys.readouterr().err
    rooms = tmp_path / "rooms.json"
    rooms.write_text(json.dumps({"models": {"quick": {"overall": {"n": 3, "false_area": 0.1}}}}))
    with pytest.raises(UsageError, match="no IoU of quick"):
        read_means(rooms)
    with pytest.raises(UsageError, match="measured in both"):
        join({"another": read_means(good)["quick"]}, result("quick"))
