"""What changes over a run."""

from __future__ import annotations

from typing import Any

import pytest

from live_seg.config import build
from live_seg.errors import UsageError
from live_seg.frame import Size
from live_seg.training.config import TrainConfig
from live_seg.training.schedule import Stage, scaled, stage_at, stages

pytestmark = pytest.mark.training

WIDE = Size(288, 160)


def planned(*phases: dict[str, Any], **train: Any) -> list[Stage]:
    keys = {"steps": 100, "learning_rate": 1e-3, "shapes": ["288x160"], "phases": list(phases), **train}
    return stages(build({"train": keys, "compose": {"natural": 0.1}}, TrainConfig))


def test_small_frames_come_first_and_whole_pictures_last() -> None:
    whole = {"share": 0.25, "compose": {"natural": 0.5, "reframed": 0.0}, "shapes": ["256x192"]}
    plan = planned({"share": 0.5, "scale": 0.6}, {"share": 0.25, "scale": 0.8}, whole)
    assert [(stage.start, stage.stop) for stage in plan] == [(0, 50), (50, 75), (75, 100)]
    assert [stage.shapes for stage in plan] == [(Size(160, 96),), (Size(224, 128),), (Size(256, 192),)]
    assert [stage.compose.natural for stage in plan] == [0.1, 0.1, 0.5]
    assert plan[2].compose.reframed == 0.0 and plan[2].compose.empty == plan[0].compose.empty
    assert [stage_at(plan, step) for step in (0, 49, 50, 74, 75, 99)] == [0, 0, 1, 1, 2, 2]


def test_after_the_phases_all_is_as_configured() -> None:
    plan = planned({"share": 0.3, "scale": 0.6, "compose": {"empty": 0.5}})
    assert [(stage.start, stage.stop) for stage in plan] == [(0, 30), (30, 100)]
    assert plan[1].shapes == (WIDE,) and plan[1].compose.natural == 0.1
    assert [(one.start, one.stop, one.shapes) for one in planned()] == [(0, 100, (WIDE,))]


def test_a_phase_without_a_step_is_none() -> None:
    assert [(one.start, one.stop) for one in planned({"share": 0.1}, {"share": 0.8}, steps=3)] == [(0, 3)]


def test_one_cosine_goes_over_all_phases_unless_one_begins_another() -> None:
    assert {(one.learning_rate, one.cosine) for one in planned({"share": 0.5}, {"share": 0.5})} == {(1e-3, (0, 100))}
    plan = planned({"share": 0.5}, {"share": 0.2, "learning_rate": 2e-4}, {"share": 0.1})
    assert [(one.learning_rate, one.cosine) for one in plan] == [(1e-3, (0, 50)), *[(2e-4, (50, 100))] * 3]
    first = planned({"share": 0.5, "learning_rate": 5e-4})
    assert {(one.learning_rate, one.cosine) for one in first} == {(5e-4, (0, 100))}


@pytest.mark.parametrize(
    ("phase", "said"),
    [
        ({"share": 1.2}, "phases"),
        ({"share": 0.7, "scal": 0.5}, "scal"),
        ({"share": 0.5, "shapes": ["288"]}, "288x160"),
        ({"share": 0.5, "compose": {"natrual": 0.5}}, "compose.natural"),
        ({"share": 0.5, "compose": {"natural": 1.5}}, "compose.natural"),
        ({"share": 0.5, "compose": {"natural": 0.9}}, "add up to 1.18"),
    ],
)
def test_a_wrong_phase_is_refused(phase: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError) as error:
        planned(phase)
    assert said in str(error.value)
    with pytest.raises(UsageError, match=r"add up to 1\.1"):
        planned({"share": 0.6}, {"share": 0.5})


def test_sides_are_multiples_of_32() -> None:
    assert scaled(WIDE, 0.6) == Size(160, 96)
    assert scaled(Size(32, 32), 0.1) == Size(32, 32)
    assert scaled(WIDE, 1.0) == WIDE
