"""Pictures that a device has finished already: the guard hides them as it hides all others."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pytest
from fakes import ManualClock, matte_of, room_frame
from guarding import Through, guarded, shows_room

from live_seg.frame import Finished, Frame, Image, Matte
from live_seg.live.guard import Guard


def finished(frame: Frame, guard: Guard, picture: Image | None = None, **changes: Any) -> Matte:
    """A matte with a picture of one colour, which its device made of the frame for the guard's effect."""
    done = np.full_like(frame.image, 7) if picture is None else picture
    parts: dict[str, Any] = {"effect": guard.effect, "image": frame.image, "picture": done} | changes
    return dataclasses.replace(matte_of(frame), finished=Finished(**parts))


def test_a_finished_picture_of_the_effect_and_the_frame_is_taken_as_it_is() -> None:
    guard, kept = guarded(ManualClock())
    frame = room_frame()
    matte = finished(frame, guard)
    assert guard.show(frame, matte)
    assert matte.finished is not None
    assert kept.last is matte.finished.picture


@pytest.mark.parametrize("what", ["effect", "image"])
def test_a_finished_picture_of_another_effect_or_another_frame_is_not_taken(what: str) -> None:
    guard, kept = guarded(ManualClock())
    frame = room_frame()
    other = {"effect": Through(), "image": frame.image.copy()}
    assert guard.show(frame, finished(frame, guard, **{what: other[what]}))
    assert np.array_equal(kept.last, frame.image)  # what the guard's effect makes


@pytest.mark.parametrize(
    "change",
    [
        {"confidence": 0.1},
        {"confidence": math.nan},
        {"time": 99.0},
        {"alpha": np.zeros((4, 4), np.uint8)},
        {"alpha": np.full(room_frame().image.shape[:2], 255, np.uint8)},
    ],
    ids=["undecided", "no number", "old", "wrong size", "full"],
)
def test_a_finished_picture_changes_nothing_about_what_is_hidden(change: dict[str, Any]) -> None:
    guard, kept = guarded(ManualClock())
    frame = room_frame()
    assert not guard.show(frame, dataclasses.replace(finished(frame, guard, frame.image.copy()), **change))
    assert not shows_room(kept.last)


def test_a_finished_picture_that_is_none_hides_the_frame() -> None:
    guard, kept = guarded(ManualClock())
    frame = room_frame()
    for picture in (frame.image, frame.image[:, ::-1], frame.image[:10].copy(), frame.image.astype(np.float32)):
        assert not guard.show(frame, finished(frame, guard, picture))
        assert not shows_room(kept.last)
