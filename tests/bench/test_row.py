"""Rows hold what the issue asks for, as medians, beside the straightforward pipeline."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from made import OURS, PLAIN, made_result, made_round, made_row

from live_seg.bench.plan import contenders
from live_seg.bench.result import read_result, write_result
from live_seg.errors import UsageError

KEYS = ["name", "kind", "size", "effect", "engine", "mode", "fps", "p50_ms", "p95_ms", "p99_ms", "cpu_ms", "memory_mb"]


def test_a_row_has_every_key() -> None:
    row = msgspec.to_builtins(made_result().rows[0])
    assert list(row)[: len(KEYS)] == KEYS
    assert row["stages"]["network"] == {"p50_ms": 8.0, "p95_ms": 9.0, "p99_ms": 10.0}
    assert len(row["rounds"]["fps"]) == 3


def test_figures_are_medians_and_totals() -> None:
    row = made_row(OURS, [made_round(50), made_round(90), made_round(60)], [])
    assert row.fps == 60
    assert row.ratio is None
    assert (row.frames, row.shown, row.dropped) == (1800, 1797, 3)


def test_the_ratio_is_taken_round_by_round() -> None:
    own, plain = [made_round(50), made_round(100), made_round(60)], [made_round(10), made_round(20), made_round(10)]
    assert made_row(OURS, own, plain).ratio == 5  # 5, 5 and 6: the fast round was fast for both
    assert made_row(PLAIN, plain, plain).ratio == 1


def test_paced_the_ratio_is_of_cpu_time() -> None:
    own, plain = [made_round(30, cpu_ms=20)] * 3, [made_round(12, cpu_ms=130)] * 3
    assert made_row(OURS, own, plain, "paced").ratio == pytest.approx(6.5)


def test_a_result_is_read_as_it_was_written(tmp_path: Path) -> None:
    result = made_result()
    write_result(result, tmp_path / "new" / "result.json")
    again = read_result(tmp_path / "new" / "result.json")
    assert again.machine == result.machine
    assert [row.key for row in again.rows] == [row.key for row in result.rows]
    assert [row.fps for row in again.rows] == pytest.approx([row.fps for row in result.rows], rel=1e-3)


@pytest.mark.parametrize("content", ["", "[]", '{"rows": 3}'])
def test_what_is_no_result_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "other.json").write_text(content)
    with pytest.raises(UsageError, match="no result"):
        read_result(tmp_path / "other.json")


def test_with_limits_ours_comes_with_and_without_the_governor() -> None:
    plain, governed = (contenders(["cpu"], "auto", None, "blur", *limits) for limits in ((), (24.0, 50.0)))
    assert [one.name for one in governed if one.kind == "ours"] == ["", "governed to 24 FPS, 50 % CPU"]
    assert [one for one in governed if one.kind != "ours"] == [one for one in plain if one.kind != "ours"]
