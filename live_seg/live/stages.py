"""The stages between source and sinks, each a function that runs in a thread until `Closed`; and what flows between.

The one in the middle, which makes mattes, has a file of its own: matte_stage.py.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import cv2

from live_seg.config import Config
from live_seg.errors import SourceLost
from live_seg.frame import Clock, Frame, Image, Matte
from live_seg.live.guard import Guard
from live_seg.live.handover import Handover
from live_seg.live.statistics import Statistics
from live_seg.sources import Source

PAUSED = "camera paused"

_AGAIN_S = 0.05
"""Pause after a loss: a source that is gone, and does not wait for its own return, says so at once every time."""


@dataclass(frozen=True, slots=True)
class Away:
    """The source gives nothing now, or nobody may see it; `text` goes onto the card."""

    text: str


@dataclass(frozen=True, slots=True)
class Matted:
    """A frame with its matte, or with None and the reason."""

    frame: Frame
    matte: Matte | None
    reason: str = ""


@dataclass(slots=True)
class Shared:
    """What the stages and the main thread share. Each field has one writer.

    Attributes
    ----------
    config
        Written by the main thread, always as a whole.
    newest
        Last captured frame, written by `capture`: what is hidden when no matte comes.
    stop
        Set once, by anybody; a plain boolean, since a signal handler may set it in the midst of anything.
    """

    config: Config
    lossless: bool
    clock: Clock
    statistics: Statistics
    stop: bool = False
    newest: Frame | None = None


def capture(shared: Shared, source: Source, frames: Handover[Frame | Away]) -> None:
    """Takes frames from the source until it is over, a limit is reached, or `stop` is set."""
    count, first_s = 0, None
    opened = shared.config.source
    while not shared.stop:
        try:
            frame = source.read(opened.timeout_ms / 1e3)
        except SourceLost as error:
            if not source.live or not opened.reopen:
                raise
            frames.put(Away(error.what))
            time.sleep(_AGAIN_S)
            continue
        if frame is None:
            return
        config = shared.config
        first_s = frame.time if first_s is None else first_s
        if config.run.seconds and frame.time - first_s > config.run.seconds - 1e-6:
            return
        if config.source.mirror:
            mirrored: Image = cv2.flip(frame.image, 1)  # type: ignore[assignment]
            frame = replace(frame, image=mirrored)
        shared.newest = frame
        frames.put(frame)
        count += 1
        if config.run.frames and count >= config.run.frames:
            return


def compose(shared: Shared, guard: Guard, matted: Handover[Matted | Away]) -> None:
    """Hands each frame with its matte to the guard; hides the newest frame when no matte of it comes in time.

    A frame that was let out already is left as it is: of a camera of two frames a second the next one is not due yet.
    If that one alone came since, and just now, its matte may still be on its way. A card stays until a frame comes.
    Of a file whose frames all count nothing comes between them: not in the gaps of a video of slides, paused or not.
    """
    released: Frame | None = None
    while True:
        patience_s = 1.0 if shared.lossless else shared.config.guard.max_age_ms / 1e3
        item = matted.get(patience_s)
        if item is None and shared.lossless:
            continue
        newest = shared.newest
        start = shared.clock()
        if shared.config.run.paused and newest is not None and not isinstance(item, Away):
            guard.card(newest.size, PAUSED, item.frame if item else replace(newest, time=start))
        elif item is None:
            if newest is not None and newest is not released and not _is_next(newest, released, start - patience_s):
                guard.hide(newest, "no matte comes")
                shared.statistics.hid()
                released = newest
        elif isinstance(item, Away):
            if newest is not None:
                guard.card(newest.size, item.text, replace(newest, time=start))
                released = newest
        elif item.matte is None:
            guard.hide(item.frame, item.reason)
            shared.statistics.hid()
            released = item.frame
        else:
            released = item.frame
            if not guard.show(item.frame, item.matte):
                shared.statistics.hid()
            shared.statistics.took("compose", shared.clock() - start)


def _is_next(newest: Frame, released: Frame | None, since_s: float) -> bool:
    """Whether the newest frame is the only one since the one that was let out, and came since then."""
    return released is not None and newest.index == released.index + 1 and newest.time > since_s
