"""The three stages between source and sinks. Each is one function or class that runs in a thread until `Closed`."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2

from live_seg.config import Config
from live_seg.effects import Effect
from live_seg.errors import EngineError, SourceLost
from live_seg.frame import Clock, Frame, Image, Matte, Size
from live_seg.fused.matter import open_matter
from live_seg.live.gate import Gate
from live_seg.live.guard import Guard
from live_seg.live.handover import Handover
from live_seg.live.pacing import Pacing
from live_seg.live.statistics import Statistics
from live_seg.matting import Choice, Matter
from live_seg.matting.preprocess import Views
from live_seg.sources import Source

log = logging.getLogger("live_seg")

_RETRY_S = (0.1, 0.5, 2.0, 5.0)
"""Pauses before the network is loaded again after an error: a GPU's driver may need them to come back."""


_CHOOSE_AGAIN = 3
"""Failures in a row after which another engine is looked for, if none was asked for: a GPU that fell out stays out."""


@dataclass(frozen=True, slots=True)
class Away:
    """The source gives nothing now; `text` goes onto the card."""

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
    while not shared.stop:
        config = shared.config
        try:
            frame = source.read(config.source.timeout_ms / 1e3)
        except SourceLost as error:
            if not source.live or not config.source.reopen:
                raise
            frames.put(Away(error.what))
            continue
        if frame is None:
            return
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


class Matting:
    """Loads the network, makes mattes, and tries again after errors of the engine.

    Parameters
    ----------
    load
        Gives the network for frames of a size; asked again where it chose by itself and the network keeps failing.
    effect
        Gives the effect of now, whose picture a GPU makes together with the matte.
    """

    def __init__(self, shared: Shared, load: Callable[[Size], Choice], effect: Callable[[], Effect]) -> None:
        self._shared = shared
        self._load = load
        self._effect = effect
        self._choice: Choice | None = None
        self._matter: Matter | None = None
        self._made_with: object = None
        self._gate: Gate | None = None
        self._pacing: Pacing | None = None
        self._looked_s = 0.0
        self._failures = 0
        self._again_at_s = 0.0

    def run(self, frames: Handover[Frame | Away], matted: Handover[Matted | Away]) -> None:
        """Until the frames end."""
        try:
            while True:
                frame = frames.get(1)
                if isinstance(frame, Away):
                    self._reset()
                    matted.put(frame)
                elif frame is not None and self._shared.clock() >= self._again_at_s:
                    matted.put(self._matted(frame))
        finally:
            self._close()

    def _matted(self, frame: Frame) -> Matted:
        matter = self._ready(frame)
        start = self._shared.clock()
        try:
            matte = self._matte(matter, frame)
        except EngineError as error:
            if self._shared.lossless:
                raise
            self._recover(error)
            return Matted(frame, None, error.what)
        self._failures = 0
        self._shared.statistics.took("matte", self._shared.clock() - start)
        return Matted(frame, matte)

    def _matte(self, matter: Matter, frame: Frame) -> Matte:
        pacing = self._pacing
        if pacing:
            matter.share = pacing.share
        views = matter.views(frame)
        matte = self._gate.kept(frame, views.small) if self._gate else None
        if matte:
            self._shared.statistics.kept_count += 1
            if pacing:
                pacing.kept()
        elif pacing and not pacing.is_looking_due:
            matte = self._followed(matter, frame, views, pacing)
        matte = matte or self._looked(matter, frame, views)
        if pacing:
            pacing.frame(frame, lambda share: matter.input_size(frame.size, share))
            self._shared.statistics.governor = pacing.text
        return matte

    def _followed(self, matter: Matter, frame: Frame, views: Views, pacing: Pacing) -> Matte | None:
        start = self._shared.clock()
        matte = matter.follow(frame, views)
        if matte and matte.time != self._looked_s:
            return None  # a graph made the last one, and tells nothing that could be followed
        if matte:
            self._shared.statistics.followed_count += 1
            pacing.followed(self._shared.clock() - start)
        return matte

    def _looked(self, matter: Matter, frame: Frame, views: Views) -> Matte:
        start = self._shared.clock()
        matte = matter(frame, views)
        self._looked_s = frame.time
        if self._gate:
            self._gate.made(views.small, matte)
        if self._pacing:
            self._pacing.looked(self._shared.clock() - start)
        return matte

    def _ready(self, frame: Frame) -> Matter:
        if self._choice is None:
            self._choice = self._load(frame.size)
            self._shared.statistics.engine = self._choice.why.split(";")[0]
            log.info("%s", self._choice.why)
        config = self._shared.config
        parts = config.matting, config.gate, config.governor, config.guard
        if self._matter is None or self._made_with != parts:
            self._made_with = parts
            self._close()
            live = not self._shared.lossless  # a file's frames each have a matte of their own
            self._matter = open_matter(self._choice.network, config, self._effect, waits=not live)
            self._gate = Gate(config.gate, config.guard.empty_ms) if live and config.gate.on else None
            governed = live and (config.governor.target_fps > 0 or config.governor.max_cpu_percent < 100)
            self._pacing = Pacing(config, self._choice.network, self._shared.clock) if governed else None
        return self._matter

    def _reset(self) -> None:
        """What comes next has nothing to do with what was before."""
        if self._matter:
            self._matter.reset()
        if self._gate:
            self._gate.reset()

    def _close(self) -> None:
        if self._pacing:
            self._pacing.close()
        if self._matter:
            self._matter.close()
        self._pacing = self._matter = None

    def _recover(self, error: EngineError) -> None:
        """Drops the session: it is loaded again for a later frame; until then everything is hidden."""
        log.error("%s", error)
        if self._choice:
            self._choice.network.close()
        self._reset()
        self._again_at_s = self._shared.clock() + _RETRY_S[min(self._failures, len(_RETRY_S) - 1)]
        self._failures += 1
        if self._failures % _CHOOSE_AGAIN == 0 and self._shared.config.engine.name == "auto":
            self._close()
            self._choice = None


def compose(shared: Shared, guard: Guard, matted: Handover[Matted | Away]) -> None:
    """Hands each frame with its matte to the guard; hides the newest frame when no matte comes in time."""
    while True:
        patience_s = 1.0 if shared.lossless else shared.config.guard.max_age_ms / 1e3
        item = matted.get(patience_s)
        newest = shared.newest
        start = shared.clock()
        if shared.config.run.paused and newest is not None and not isinstance(item, Away):
            guard.card(newest.size, "camera paused", item.frame if item else replace(newest, time=start))
        elif item is None:
            if newest is not None and not shared.lossless:
                guard.hide(newest, "no matte comes")
                shared.statistics.hid()
        elif isinstance(item, Away):
            if newest is not None:
                guard.card(newest.size, item.text, replace(newest, time=start))
        elif item.matte is None:
            guard.hide(item.frame, item.reason)
            shared.statistics.hid()
        else:
            if not guard.show(item.frame, item.matte):
                shared.statistics.hid()
            shared.statistics.took("compose", shared.clock() - start)
