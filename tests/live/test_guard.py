"""The promise of live/guard.py: nothing of the room leaves but with a fresh matte of that very frame."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from fakes import ROOM, SIZE, ManualClock, matte_of, room_frame
from guarding import BAD, Kept, Through, guarded, shows_room
from hypothesis import given
from hypothesis import strategies as st

from live_seg.config import build
from live_seg.config.tree import Guard as GuardConfig
from live_seg.effects import effects, open_effect
from live_seg.frame import Alpha, Image
from live_seg.live.guard import Guard


def test_a_fresh_matte_shows_the_effects_picture() -> None:
    guard, kept = guarded(ManualClock())
    frame = room_frame()
    assert guard.show(frame, matte_of(frame))
    assert shows_room(kept.last)


def test_nothing_is_shown_before_the_first_matte() -> None:
    guard, kept = guarded(ManualClock())
    assert not guard.show(room_frame(), None)
    assert not shows_room(kept.last)


@pytest.mark.parametrize("fault", BAD)
@pytest.mark.parametrize("hide", ["blur", "card"])
def test_a_bad_matte_hides_the_frame(fault: str, hide: str) -> None:
    guard, kept = guarded(ManualClock(), hide=hide)
    frame = room_frame()
    assert not guard.show(frame, BAD[fault](matte_of(frame)))
    assert kept.last.shape == frame.image.shape
    assert not np.may_share_memory(kept.last, frame.image)
    assert hide == "card" or not shows_room(kept.last)
    assert not np.array_equal(kept.last, frame.image)


@pytest.mark.parametrize("time", [1.7e9, 100.4, 99.6, math.inf, -math.inf, math.nan])
def test_a_frame_of_another_clock_is_hidden_with_its_own_matte_too(time: float) -> None:
    """How old it is cannot be told: a source has to stamp its frames by the loop's clock."""
    guard, kept = guarded(ManualClock())
    frame = room_frame(time=time)
    assert not guard.show(frame, matte_of(frame))
    assert not guard.show(frame, matte_of(frame, time=100.0))
    assert not any(shows_room(picture) for picture, _ in kept.put_pictures)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("transposed", "not of the frame's size and type"),
        ("floats with NaN", "not of the frame's size and type"),
        ("confidence NaN", "not a number"),
        ("time NaN", "not a number"),
        ("too old", "301 ms old (guard.max_age_ms is 300)"),
    ],
)
def test_why_a_frame_is_hidden_is_told_once(fault: str, reason: str) -> None:
    guard, _ = guarded(ManualClock())
    told: list[str] = []
    guard.on_hide = told.append
    frame = room_frame()
    for _ in range(3):
        guard.show(frame, BAD[fault](matte_of(frame)))
    assert len(told) == 1
    assert reason in told[0]
    guard.show(frame, matte_of(frame))
    guard.card(SIZE, "camera paused", frame)
    assert told[1:] == ["", "camera paused"]


def test_a_matte_that_waited_too_long_hides_the_frame() -> None:
    clock = ManualClock()
    guard, kept = guarded(clock)
    frame = room_frame()
    matte = matte_of(frame)
    clock.now += 0.29
    assert guard.show(frame, matte)
    clock.now += 0.02
    assert not guard.show(frame, matte)
    assert not shows_room(kept.last)


def test_offline_only_the_matte_of_the_very_frame_counts() -> None:
    guard, _ = guarded(None)
    frame = room_frame(time=3.0)
    assert guard.show(frame, matte_of(frame))
    assert not guard.show(frame, matte_of(frame, time=3.0 - 1 / 30))


class Wrong(Through):
    def __init__(self, kind: str) -> None:
        self.kind = kind

    def __call__(self, image: Image, alpha: Alpha, out: Image | None = None) -> Any:
        if self.kind == "raises":
            raise RuntimeError("the beach is gone")
        return {
            "the frame itself": image,
            "a view of it": image[:],
            "floats": image / 255,
            "smaller": image[:-2].copy(),
            "grey": image[..., 0].copy(),
            "nothing": None,
        }[self.kind]


@pytest.mark.parametrize("kind", ["raises", "the frame itself", "a view of it", "floats", "smaller", "grey", "nothing"])
def test_an_effect_that_goes_wrong_hides_the_frame(kind: str) -> None:
    guard, kept = guarded(ManualClock())
    guard.effect = Wrong(kind)
    frame = room_frame()
    assert not guard.show(frame, matte_of(frame))
    assert not shows_room(kept.last)


def test_a_sink_never_gets_the_cameras_frame() -> None:
    guard, kept = guarded(ManualClock())
    frame = room_frame(7)
    guard.show(frame, matte_of(frame))
    guard.hide(frame, "because")
    guard.card(SIZE, "looking for the camera", frame)
    for picture, given_frame in kept.put_pictures:
        assert given_frame.image is picture
        assert given_frame.index == 7
        assert not np.may_share_memory(picture, frame.image)


mattes = st.one_of(
    st.none(),
    st.builds(
        lambda alpha, age, person, fault: (alpha, age, person, fault),
        st.integers(0, 255),
        st.floats(-1, 2),
        st.booleans(),
        st.sampled_from([None, *BAD]),
    ),
)


@pytest.mark.parametrize("name", ["blur", "replace", "transparent"])
@given(steps=st.lists(st.tuples(st.floats(0.001, 0.6), mattes), max_size=12))
def test_whatever_comes_the_room_shows_only_where_a_fresh_matte_allows_it(
    name: str, steps: list[tuple[float, Any]]
) -> None:
    """Over every effect: a hidden frame shows nothing, a shown one shows the room's pattern only under its alpha."""
    clock = ManualClock()
    kept = Kept()
    effect = open_effect(build({"effect": {"name": name}, "blur": {"radius_px": 200}}))
    guard = Guard(GuardConfig(), effect, kept, clock)
    for number, (pause, drawn) in enumerate(steps):
        clock.now += pause
        frame = room_frame(number, clock.now)
        matte = None
        if drawn is not None:
            alpha, age, person, fault = drawn
            matte = matte_of(frame, 0 if alpha < 128 else 255, frame.time - age, person)
            matte = BAD[fault](matte) if fault else matte
        shown = guard.show(frame, matte)
        if not shown:
            assert not shows_room(kept.last)
            continue
        assert matte is not None
        assert clock.now - matte.time <= 0.3
        hidden = matte.alpha == 0
        hidden[:, 1:] &= hidden[:, :-1]  # a column and its left neighbour both hidden: no pattern between them
        steps_between = np.abs(np.diff(kept.last[..., :3].astype(int), axis=1)).max(-1)
        assert not (steps_between[hidden[:, 1:]] > ROOM // 8).any()


def test_every_effect_of_the_registry_is_under_that_test() -> None:
    assert set(effects.names()) == {"blur", "replace", "transparent"}


def test_the_end_is_told_to_the_sinks() -> None:
    guard, kept = guarded(ManualClock())
    guard.end()
    assert kept.ended
