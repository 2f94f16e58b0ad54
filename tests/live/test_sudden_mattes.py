"""A matte that is suddenly empty, full or undecided is not believed at once."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from fakes import ManualClock, matte_of, room_frame
from guarding import guarded, shows_room

from live_seg.frame import Matte


@pytest.mark.parametrize(
    ("before", "suddenly"),
    [({"person": True}, {"person": False}), ({"alpha": 0}, {"alpha": 255})],
    ids=["empty", "full"],
)
def test_a_matte_that_is_suddenly_empty_or_full_is_not_believed_at_once(
    before: dict[str, Any], suddenly: dict[str, Any]
) -> None:
    clock = ManualClock()
    guard, _ = guarded(clock)
    shown = []
    for step in range(10):
        clock.now = 100 + step / 10
        frame = room_frame(step, clock.now)
        shown.append(guard.show(frame, matte_of(frame, **(suddenly if step else before))))
    assert shown == [True] + 4 * [False] + 5 * [True]


def test_a_person_who_leaves_through_the_edge_is_believed() -> None:
    guard, _ = guarded(ManualClock())
    frame = room_frame()
    alpha = np.zeros(frame.image.shape[:2], np.uint8)
    assert guard.show(frame, matte_of(frame))
    alpha[-3:, :10] = 255  # 1 % of the picture
    assert guard.show(frame, Matte(alpha.copy(), 0.9, frame.time))
    assert guard.show(frame, Matte(np.zeros_like(alpha), 0.9, frame.time))


def test_a_first_matte_that_is_full_is_not_believed_at_once() -> None:
    guard, kept = guarded(ManualClock())
    frame = room_frame()
    assert not guard.show(frame, matte_of(frame, alpha=255))
    assert not shows_room(kept.last)


def test_an_undecided_network_hides_the_frame() -> None:
    guard, kept = guarded(ManualClock())
    frame = room_frame()
    assert not guard.show(frame, dataclasses.replace(matte_of(frame), confidence=0.2))
    assert not shows_room(kept.last)
