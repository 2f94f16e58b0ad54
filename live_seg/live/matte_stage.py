"""The stage that makes mattes: by the network, or without it where that is as good or has to do."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

from live_seg.effects import Effect
from live_seg.errors import EngineError
from live_seg.frame import Frame, Matte, Size
from live_seg.fused.matter import open_matter
from live_seg.live.gate import Gate
from live_seg.live.handover import Handover
from live_seg.live.pacing import Pacing
from live_seg.live.stages import PAUSED, Away, Matted, Shared
from live_seg.matting import Choice, Matter
from live_seg.matting.preprocess import Views

log = logging.getLogger("live_seg")

_RETRY_S = (0.1, 0.5, 2.0, 5.0)
"""Pauses before the network is loaded again after an error: a GPU's driver may need them to come back."""

_BY_GRAPH = "a graph makes each picture"
"""What the governor says meanwhile: it could give nothing up that would save anything."""

_CHOOSE_AGAIN = 3
"""Failures in a row after which another engine is looked for, if none was asked for: a GPU that fell out stays out."""


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

    def _matted(self, frame: Frame) -> Matted | Away:
        matter = self._ready(frame)
        if self._shared.config.run.paused and not self._shared.lossless:
            return Away(PAUSED)  # nobody would see it
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
        pacing = None if matter.by_graph else self._pacing
        if pacing:
            matter.share = pacing.share
        views = matter.views(frame)
        matte = self._gate.kept(frame, views.small) if self._gate else None
        if matte:
            self._shared.statistics.kept_count += 1
            if pacing:
                pacing.kept()
        elif pacing and not pacing.is_looking_due(frame):
            matte = self._followed(matter, frame, views, pacing)
        matte = matte or self._looked(matter, frame, views)
        if pacing:
            pacing.frame(frame, lambda share: matter.input_size(frame.size, share))
            self._shared.statistics.governor = pacing.text
        elif self._pacing:
            self._pacing.rest()
            self._shared.statistics.governor = _BY_GRAPH
        return replace(matte, halved=views.halved)

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
            self._pacing.looked(frame, self._shared.clock() - start)
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
            self._shared.statistics.governor = ""  # the one before is gone; a new one has yet to say something
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
