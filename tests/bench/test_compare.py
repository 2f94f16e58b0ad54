"""The verdict knows the spread, and how fast the machine was."""

from __future__ import annotations

import dataclasses

import pytest
from made import made_result

from live_seg.bench.compare import Verdict, compare, is_slower
from live_seg.bench.result import Result


def verdicts(before: Result, after: Result) -> dict[str, Verdict]:
    ours = [one for one in compare(before, after) if one.row.kind == "ours"]
    return {f"{one.row.mode} {one.figure}": one.verdict for one in ours}


def alone(result: Result) -> Result:
    """The result without what tells how fast the machine was."""
    return dataclasses.replace(result, rows=[row for row in result.rows if row.kind != "baseline"])


def test_the_same_is_the_same() -> None:
    assert set(verdicts(made_result(), made_result()).values()) == {Verdict.SAME}
    assert not is_slower(compare(made_result(), made_result()))


@pytest.mark.parametrize(("scale", "verdict"), [(0.8, Verdict.SLOWER), (1.25, Verdict.FASTER)])
def test_a_change_beyond_the_spread_is_seen_in_every_figure(scale: float, verdict: Verdict) -> None:
    found = verdicts(made_result(), made_result(scale))
    assert found == {"flat fps": verdict, "paced cpu_ms": verdict, "paced p95_ms": verdict}
    assert is_slower(compare(made_result(), made_result(scale))) == (verdict is Verdict.SLOWER)


def test_a_change_within_the_spread_is_none() -> None:
    before, after = alone(made_result(wobble=0.2)), alone(made_result(0.9, wobble=0.2))
    assert set(verdicts(before, after).values()) == {Verdict.SAME}


def test_what_scatters_with_the_machine_is_compared_beside_the_straightforward_pipeline() -> None:
    assert verdicts(made_result(wobble=0.2), made_result(0.9, wobble=0.2))["flat fps"] is Verdict.SLOWER


def test_a_small_change_is_none_however_quiet_the_rounds_are() -> None:
    assert set(verdicts(made_result(wobble=0.001), made_result(0.98, wobble=0.001)).values()) == {Verdict.SAME}


@pytest.mark.parametrize("rounds", [1, 2])
def test_too_few_rounds_give_no_verdict(rounds: int) -> None:
    def few(result: Result) -> Result:
        short = [
            dataclasses.replace(row, rounds={name: all_[:rounds] for name, all_ in row.rounds.items()})
            for row in result.rows
        ]
        return dataclasses.replace(result, rows=short)

    before, after = few(made_result()), few(made_result(0.8))
    assert set(verdicts(before, after).values()) == {Verdict.UNKNOWN}
    assert not is_slower(compare(before, after))
    assert set(verdicts(before, before).values()) == {Verdict.SAME}


def test_a_slower_machine_is_not_our_fault_where_the_straightforward_pipeline_ran_beside() -> None:
    found = verdicts(made_result(), made_result(machine=0.6))
    assert found["flat fps"] is found["paced cpu_ms"] is Verdict.SAME


def test_without_it_the_figures_count_as_they_are() -> None:
    before, after = alone(made_result()), alone(made_result(machine=0.6))
    assert verdicts(before, after)["flat fps"] is Verdict.SLOWER


def test_baselines_get_no_verdict_and_peers_do() -> None:
    assert {one.row.kind for one in compare(made_result(), made_result())} == {"ours", "peer"}
