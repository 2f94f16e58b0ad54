"""What an effect, one of another package too, may do behind live/guard.py, and what it cannot."""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np
import pytest
from fakes import SIZE, ManualClock, matte_of, room_frame
from guarding import Through, guarded, shows_room

from live_seg.effects import EffectBase
from live_seg.frame import Alpha, Frame, Halved, Image


class Level(EffectBase):
    """An effect that fills what it is given, if that fits, with the frame's number."""

    def __init__(self, channels: int) -> None:
        self._channels = channels
        self.made_anew = 0

    def __call__(self, image: Image, alpha: Alpha, out: Image | None = None) -> Image:
        if out is None or out.shape[2] != self._channels:
            self.made_anew += 1
            out = np.empty((*alpha.shape, self._channels), np.uint8)
        out[...] = image[0, 0, 0]
        return out


@pytest.mark.parametrize("channels", [3, 4])
def test_a_picture_that_a_sink_still_holds_is_not_drawn_over(channels: int) -> None:
    guard, kept = guarded(ManualClock())
    guard.effect = effect = Level(channels)
    for level in range(12):
        image = np.full((SIZE.height, SIZE.width, 3), level, np.uint8)
        frame = Frame(image, level, 100.0)
        assert guard.show(frame, matte_of(frame))
    assert [int(picture.max()) for picture, _ in kept.put_pictures] == list(range(12))
    assert effect.made_anew == channels - 3  # it is asked once what it makes


class Reusing(EffectBase):
    """An effect that draws each picture in the same array of its own, the frame first."""

    def __init__(self) -> None:
        self._own = np.zeros((SIZE.height, SIZE.width, 3), np.uint8)

    def __call__(self, image: Image, alpha: Alpha, out: Image | None = None) -> Image:
        self._own[:] = image
        self._own[alpha == 0] = 0
        return self._own


def test_a_picture_that_a_sink_still_holds_is_not_drawn_over_by_an_effect_with_an_array_of_its_own() -> None:
    """A sink that was still at the last one read the room from it."""
    guard, kept = guarded(ManualClock())
    guard.effect = Reusing()
    for level in range(1, 4):
        frame = Frame(np.full((SIZE.height, SIZE.width, 3), level, np.uint8), level, 100.0)
        assert guard.show(frame, matte_of(frame))
    assert [int(picture.max()) for picture, _ in kept.put_pictures] == [1, 2, 3]


class Widening(Through):
    """An effect that writes its own wider matte into the one that it is given."""

    def __call__(self, image: Image, alpha: Alpha, out: Image | None = None) -> Image:
        return super().__call__(image, cv2.dilate(alpha, np.ones((9, 9), np.uint8), dst=alpha), out)  # type: ignore[arg-type]


def test_an_effect_cannot_widen_the_matte_that_the_gate_keeps() -> None:
    """In a still scene it grew over the room from frame to frame, until the network looked again."""
    guard, kept = guarded(ManualClock())
    guard.effect = Widening()
    frame = room_frame()
    matte = matte_of(frame)
    assert not guard.show(frame, matte)
    assert np.array_equal(matte.alpha, matte_of(frame).alpha)
    assert not shows_room(kept.last)


class Painting(Through):
    """An effect that blackens the frame that it is given, instead of a copy."""

    def __call__(self, image: Image, alpha: Alpha, out: Image | None = None) -> Image:
        image[:] = 0
        return super().__call__(image, alpha, out)


def test_an_effect_cannot_change_the_frame() -> None:
    """The gate saw another scene with each frame then, and never rested."""
    guard, kept = guarded(ManualClock())
    guard.effect = Painting()
    frame = room_frame()
    before = frame.image.copy()
    assert not guard.show(frame, matte_of(frame))
    assert np.array_equal(frame.image, before)
    assert not shows_room(kept.last)


class Leaving(Through):
    """An effect that asks Python to end."""

    def __call__(self, image: Image, alpha: Alpha, out: Image | None = None) -> Image:
        raise SystemExit


def test_an_effect_cannot_end_the_run_without_a_word() -> None:
    guard, kept = guarded(ManualClock())
    said: list[str] = []
    guard.on_hide = said.append
    guard.effect = Leaving()
    frame = room_frame()
    assert not guard.show(frame, matte_of(frame))
    assert said == ["the effect failed: SystemExit"]
    assert not shows_room(kept.last)


class Listening(Through):
    """An effect that keeps what it is told before its picture."""

    def at(self, time_s: float, lossless: bool) -> None:
        self.told = [time_s, lossless]

    def see(self, halved: Halved | None) -> None:
        self.told.append(halved)

    def __call__(self, image: Image, alpha: Alpha, out: Image | None = None) -> Image:
        self.told.append(image)
        return super().__call__(image, alpha, out)


@pytest.mark.parametrize("is_live", [True, False])
def test_an_effect_knows_the_time_what_was_halved_and_whether_it_may_wait(is_live: bool) -> None:
    guard, _ = guarded(ManualClock() if is_live else None)
    guard.effect = effect = Listening()
    frame = room_frame(time=100.1)
    small = frame.image[::2, ::2]
    assert guard.show(frame, dataclasses.replace(matte_of(frame), halved=Halved(frame.image, small)))
    time_s, lossless, halved, image = effect.told
    assert (time_s, lossless) == (100.1, not is_live)
    assert halved.image is image, "or nobody takes what was halved"
    assert halved.small is small
    other = dataclasses.replace(matte_of(frame), halved=Halved(frame.image.copy(), small))
    assert guard.show(frame, other)
    assert effect.told[2] is None
