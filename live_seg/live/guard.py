"""The one place that lets a picture out.

The promise: no pixel of the room leaves the app unless a fresh matte says that it may.

Every sink is fed by `Outputs`, and only the guard holds it. A picture gets there in one of two ways:

- `show`: the effect's picture, if nothing in `objection` speaks against the frame's matte;
- `hide`: the frame beyond recognition, or a card. This is what happens in every other case: before the first matte,
  after an error of the engine or the effect, with a matte that is old, of another frame, of the wrong size or type,
  not a number, undecided, empty right after a person was there, or full right after there was a room or no matte, and
  while the source is away or paused.

What a sink gets as its frame carries the released picture as image, never the camera's.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

import cv2
import numpy as np

from live_seg.buffers import Buffers
from live_seg.config import tree
from live_seg.effects import Effect
from live_seg.frame import Alpha, Clock, Frame, Image, Matte, Size
from live_seg.live.card import card
from live_seg.shrink import shrink

log = logging.getLogger("live_seg")

_PERSON = 0.02
"""A person was there: at least this share of the picture; less may be a speck of noise."""

_EMPTY = 0.001
"""Nobody is there: at most this share of the picture."""

_FULL = 0.005
"""Nothing of the room is left: at most this share of the picture."""

_UNDECIDED = 0.6
"""A matte of less confidence than this cuts nothing out: noise has a half, a person in a room over eight tenths."""

_STRIP = 64
"""Rows that are counted at a time."""

_HIDDEN_SIZE = 12
"""Columns of a hidden picture before it is enlarged again: no face, screen or page is left in so few."""


class Outlet(Protocol):
    """Where released pictures go."""

    def put(self, picture: Image, frame: Frame) -> None:
        """Takes a picture that may be seen by everybody."""

    def close_intake(self) -> None:
        """No more pictures will come."""


class Guard:
    """Decides for each frame whether the effect's picture of it may leave; see the module.

    Parameters
    ----------
    config
        Part `guard` of the configuration.
    effect
        Makes pictures; may be exchanged while running.
    outlet
        All sinks.
    clock
        Tells how old a matte is: the monotonic clock that frames are stamped with. None for files, where a matte has
        to be of the very frame instead.
    """

    def __init__(self, config: tree.Guard, effect: Effect, outlet: Outlet, clock: Clock | None) -> None:
        self.config = config
        self.effect = effect
        self.on_hide: Callable[[str], None] = lambda reason: None
        self._outlet = outlet
        self._clock = clock
        self._person_seen_at = -math.inf
        self._full_since: float | None = None  # None: the last frame had no matte, or one with room in it
        self._hidden_for = ""
        self._buffers = Buffers()
        self._shape: tuple[int, ...] | None = None  # of the effect's last picture

    def show(self, frame: Frame, matte: Matte | None) -> bool:
        """Lets the effect's picture of the frame out, or hides the frame; True if it was shown."""
        objection = self.objection(frame, matte)
        if objection or matte is None:
            self._hide(frame, objection)
            return False
        try:
            effect = self.effect  # another thread may exchange it
            effect.at(frame.time, lossless=self._clock is None)
            picture = self._picture(effect, frame, matte)
            self._shape = picture.shape
        except (Exception, SystemExit) as error:  # noqa: BLE001  # whatever an effect does wrong, the room stays hidden
            self._hide(frame, f"the effect failed: {str(error) or type(error).__name__}")
            return False
        self._say("")
        self._outlet.put(picture, replace(frame, image=picture))
        return True

    def hide(self, frame: Frame, reason: str) -> None:
        """Lets out what shows nothing of the frame, which has no matte."""
        self._full_since = None
        self._hide(frame, reason)

    def card(self, size: Size, text: str, frame: Frame) -> None:
        """Lets out a card with a text; of the frame only index and time are used."""
        self._full_since = None
        self._say(text)
        picture = card(size, text)
        self._outlet.put(picture, replace(frame, image=picture))

    def end(self) -> None:
        """No more frames will come."""
        self._outlet.close_intake()

    def objection(self, frame: Frame, matte: Matte | None) -> str:
        """Why the frame may not be shown with this matte; empty if it may."""
        full_since, self._full_since = self._full_since, None
        if matte is None:
            return "no matte yet"
        alpha = matte.alpha
        if not isinstance(alpha, np.ndarray) or alpha.dtype != np.uint8 or alpha.shape != frame.image.shape[:2]:
            return "the matte is not of the frame's size and type"
        if not all(map(math.isfinite, (matte.confidence, matte.time, frame.time))):
            return "the matte, or a time, is not a number"
        if matte.confidence < _UNDECIDED:
            return "the network is undecided"
        share = _share_of_person(alpha)
        return (
            self._too_old(frame, matte)
            or self._suddenly_empty(frame, share)
            or self._suddenly_full(frame, share, full_since)
        )

    def _too_old(self, frame: Frame, matte: Matte) -> str:
        if self._clock is None:
            return "" if matte.time == frame.time else "the matte is of another frame"
        # abs: what comes from the future was stamped by another clock, and nobody knows how old it is
        age_ms = max(abs(self._clock() - matte.time), abs(frame.time - matte.time)) * 1e3
        if age_ms <= self.config.max_age_ms:
            return ""
        return f"the matte is {age_ms:.0f} ms old (guard.max_age_ms is {self.config.max_age_ms:.0f})"

    def _suddenly_empty(self, frame: Frame, share: float) -> str:
        if share >= _PERSON:
            self._person_seen_at = frame.time
            return ""
        if share > _EMPTY:
            self._person_seen_at = -math.inf  # he leaves through the edge: then empty is what comes next
            return ""
        if (frame.time - self._person_seen_at) * 1e3 < self.config.empty_ms:
            return "the person vanished at once"
        return ""

    def _suddenly_full(self, frame: Frame, share: float, since: float | None) -> str:
        """Told for so long, frame by frame, it is believed: a network that comes back from an error may be broken."""
        if 1 - share > _FULL:
            return ""
        self._full_since = frame.time if since is None else since
        if (frame.time - self._full_since) * 1e3 < self.config.empty_ms:
            return "all of the picture is a person at once"
        return ""

    def _picture(self, effect: Effect, frame: Frame, matte: Matte) -> Image:
        """The one that was finished with the matte, if it is of this effect and this frame; else the effect's."""
        done = matte.finished
        if done and done.effect is effect and done.image is frame.image:
            return self._checked(done.picture, frame)
        # The gate compares the next frame with this image, and gives the same matte again: it would grow each time.
        image, alpha = _read_only(frame.image), _read_only(matte.alpha)
        halved = matte.halved
        effect.see(replace(halved, image=image) if halved and halved.image is frame.image else None)
        out = self._buffers.take(self._shape or frame.image.shape)
        picture = self._checked(effect(image, alpha, out), frame)
        # An array of the effect's own may be drawn on again, the room first, while a sink still reads it.
        return picture if picture is out else picture.copy()

    def _hide(self, frame: Frame, reason: str) -> None:
        self._say(reason)
        picture = (
            beyond_recognition(frame.image) if self.config.hide == "blur" else card(frame.size, "no picture just now")
        )
        self._outlet.put(picture, replace(frame, image=picture))

    def _checked(self, picture: Image, frame: Frame) -> Image:
        height, width = frame.image.shape[:2]
        if picture.dtype != np.uint8 or picture.shape not in ((height, width, 3), (height, width, 4)):
            raise ValueError(f"it made {picture.dtype} {picture.shape} of a frame of {frame.size}")
        if np.may_share_memory(picture, frame.image):
            raise ValueError("it gave the frame itself back")
        return picture

    def _say(self, reason: str) -> None:
        if reason != self._hidden_for:
            self._hidden_for = reason
            self.on_hide(reason)


def _read_only(pixels: Image) -> Image:
    view = pixels.view()
    view.flags.writeable = False
    return view


def _share_of_person(alpha: Alpha) -> float:
    """Share of the picture that is rather person than room; strip by strip, so that no memory of its size is needed."""
    count = 0
    for top in range(0, alpha.shape[0], _STRIP):
        count += cv2.countNonZero(cv2.threshold(alpha[top : top + _STRIP], 127, 1, cv2.THRESH_BINARY)[1])
    return count / alpha.size


def beyond_recognition(image: Image) -> Image:
    """The image as a dozen columns of colour, smoothly enlarged: uint8 (H, W, 3)."""
    size = Size.of(image)
    rows = max(1, round(_HIDDEN_SIZE * size.height / size.width))
    tiny = shrink(image, Size(_HIDDEN_SIZE, rows))
    hidden: Image = cv2.resize(cv2.GaussianBlur(tiny, (3, 3), 1), size, interpolation=cv2.INTER_LINEAR)  # type: ignore[assignment]
    return hidden
