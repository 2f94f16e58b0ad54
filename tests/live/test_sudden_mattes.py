"""A matte that is suddenly empty, full or undecided is not believed at once."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from fakes import ManualClock, matte_of, room_frame
from guarding import guarded, shows_room

from live_seg.frame import Alpha, Frame, Matte, Size
from live_seg.live.guard import Guard

SIZE = Size(100, 200)
"""More rows than the guard counts at a time."""


def person_of(count: int, level: int = 255) -> Alpha:
    """A matte whose last pixels, of 20,000, are person."""
    alpha = np.zeros(SIZE.width * SIZE.height, np.uint8)
    alpha[alpha.size - count :] = level
    return alpha.reshape(SIZE.height, SIZE.width)


@pytest.mark.parametrize(
    ("before", "then", "believed"),
    [
        pytest.param(person_of(500), person_of(0), False, id="a small person vanishes"),
        pytest.param(person_of(300), person_of(0), True, id="a speck vanishes"),
        pytest.param(person_of(500), person_of(15), False, id="but for a few pixels"),
        pytest.param(person_of(500), person_of(8000, 120), False, id="but for what is rather room"),
        pytest.param(person_of(9000), person_of(19_950), False, id="a few pixels of room are left"),
        pytest.param(person_of(9000), person_of(19_850), True, id="some room is left"),
    ],
)
def test_how_much_is_nobody_and_how_much_is_everything(before: Alpha, then: Alpha, believed: bool) -> None:
    guard, _ = guarded(ManualClock())
    frame = room_frame(size=SIZE)
    assert guard.show(frame, Matte(before, 0.9, frame.time))
    assert guard.show(frame, Matte(then, 0.9, frame.time)) == believed


@pytest.mark.parametrize(
    ("before", "suddenly", "doubted"),
    [({"person": True}, {"person": False}, 4), ({"alpha": 0}, {"alpha": 255}, 5)],
    ids=["empty", "full"],
)
def test_a_matte_that_is_suddenly_empty_or_full_is_not_believed_at_once(
    before: dict[str, Any], suddenly: dict[str, Any], doubted: int
) -> None:
    """Half a second since the person was seen; half a second of full mattes."""
    clock = ManualClock()
    guard, _ = guarded(clock)
    shown = []
    for step in range(10):
        clock.now = 100 + step / 10
        frame = room_frame(step, clock.now)
        shown.append(guard.show(frame, matte_of(frame, **(suddenly if step else before))))
    assert shown == [True] + doubted * [False] + (9 - doubted) * [True]


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


AWAY: dict[str, Callable[[Guard, Frame], object]] = {
    "none": lambda guard, frame: guard.show(frame, None),
    "no network": lambda guard, frame: guard.hide(frame, "the GPU fell off the bus"),
    "no camera": lambda guard, frame: guard.card(frame.size, "the camera is gone", frame),
    "undecided": lambda guard, frame: guard.show(frame, dataclasses.replace(matte_of(frame), confidence=0.2)),
    "too old": lambda guard, frame: guard.show(frame, matte_of(frame, alpha=255, time=frame.time - 1)),
}


@pytest.mark.parametrize("before", [0, 255], ids=["after a room", "after a full picture"])
@pytest.mark.parametrize("meanwhile", AWAY)
def test_a_full_matte_after_a_while_without_any_is_not_believed_at_once(meanwhile: str, before: int) -> None:
    """What the network tells first when it is back is believed no sooner than what it tells first of all."""
    clock = ManualClock()
    guard, kept = guarded(clock)
    frame = room_frame(0, clock.now)
    guard.show(frame, matte_of(frame, alpha=before))
    for step in range(1, 10):
        clock.now = 100 + step
        AWAY[meanwhile](guard, room_frame(step, clock.now))
    shown = []
    for step in range(10, 20):
        clock.now = 100 + step / 10 + 9
        frame = room_frame(step, clock.now)
        shown.append(guard.show(frame, matte_of(frame, alpha=255)))
    assert shown == 5 * [False] + 5 * [True]
    assert len(kept.put_pictures) == 20


def test_a_camera_of_one_frame_a_second_does_not_make_a_full_matte_believed_sooner() -> None:
    guard, _ = guarded(ManualClock(), max_age_ms=600_000)
    shown = []
    for second, alpha in enumerate((0, 255, 255)):
        frame = room_frame(second, 100.0 + second)
        shown.append(guard.show(frame, matte_of(frame, alpha=alpha)))
    assert shown == [True, False, True]


@pytest.mark.parametrize(("least", "most"), [(128, 128), (77, 77), (0, 255)], ids=["nothing", "a veil", "noise"])
def test_an_undecided_network_hides_the_frame(least: int, most: int) -> None:
    """A third, or half, of the room would be seen through it."""
    guard, kept = guarded(ManualClock())
    frame = room_frame()
    alpha = np.random.default_rng(0).integers(least, most + 1, frame.image.shape[:2], np.uint8)
    confidence = float(np.abs(alpha / 255 - 0.5).mean()) * 2
    assert not guard.show(frame, Matte(alpha, confidence, frame.time))
    assert not shows_room(kept.last)
