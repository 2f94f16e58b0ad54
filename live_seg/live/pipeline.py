"""The loop: source -> matter -> guard (effect) -> sinks, each stage in a thread of its own.

    capture ──frames──▶ matte ──matted──▶ compose ──Guard──▶ Outputs ──▶ sink threads, main thread

The stages only move frames; what a handover does when the next stage is slow is all that differs between live and
offline. OpenCV and the engines release the interpreter lock, so the threads overlap really.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import cv2

from live_seg.config import Config
from live_seg.config.commands import Command
from live_seg.effects import effects
from live_seg.errors import EngineError, LiveSegError, SourceLost
from live_seg.frame import Clock, Frame, Matte, Size
from live_seg.live.guard import Guard
from live_seg.live.handover import Closed, Handover, Lossless, Newest
from live_seg.live.outputs import Outputs
from live_seg.live.statistics import Statistics
from live_seg.matting import Choice, Matter
from live_seg.sinks import Sink
from live_seg.sources import Source

log = logging.getLogger("live_seg")

_PUMP_S = 0.01
"""How often the main thread sees to windows, commands and signals."""

_RETRY_S = (0.1, 0.5, 2.0, 5.0)
"""Pauses before the network is loaded again after an error."""


@dataclass(frozen=True, slots=True)
class Matted:
    """A frame with its matte, or with None and why there is none."""

    frame: Frame
    matte: Matte | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Away:
    """The source gives nothing now; what the card says."""

    text: str


class Pipeline:
    """Runs until the source is over, a limit is reached, a command ends it, or `stop` is called.

    Parameters
    ----------
    config
        Where to start from; commands change it while running.
    source
        An open source; closed by whoever opened it.
    load
        Gives the network for frames of a size; called in the matte's thread, while the source already runs.
    lossless
        Every frame of a file exactly once (True), or the newest only (False).
    clock
        Monotonic seconds; the one that a live source stamps its frames with.
    """

    def __init__(
        self,
        config: Config,
        source: Source,
        load: Callable[[Size], Choice],
        lossless: bool,
        clock: Clock = time.monotonic,
    ) -> None:
        self.config = config
        self.statistics = Statistics()
        self.statistics.source = source.name
        self.commands: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self.on_change: Callable[[Config], None] = lambda config: None
        self._source = source
        self._load = load
        self._lossless = lossless
        self._clock = clock
        self._stop = threading.Event()
        self._error: BaseException | None = None
        self._newest: Frame | None = None
        self._frames: Handover[Frame | Away] = Lossless() if lossless else Newest()
        self._matted: Handover[Matted | Away] = Lossless() if lossless else Newest()

    def stop(self) -> None:
        """Asks the loop to end; what was captured before is finished. May be called from a signal handler."""
        self._stop.set()

    def run(self, sinks: Sequence[Sink], look: Callable[[Config], Config | None] = lambda config: None) -> None:
        """Runs in the calling thread, which must be the program's main thread if a window is among the sinks.

        Parameters
        ----------
        sinks
            Closed at the end.
        look
            Asked twice a second for a changed configuration (`config.watch.Watch`).

        Raises
        ------
        LiveSegError
            What ended the loop early, after everything was closed.
        """
        outputs = Outputs(sinks, self._lossless, self.statistics, self._clock)
        effect = effects.get(self.config.effect.name)(self.config)
        self._guard = Guard(self.config.guard, effect, outputs, None if self._lossless else self._clock)
        self._guard.on_hide = self._hidden
        stages = [
            threading.Thread(target=self._guarded, args=(stage,), name=stage.__name__.strip("_"), daemon=True)
            for stage in (self._capture, self._matte, self._compose)
        ]
        outputs.start()
        for stage in stages:
            stage.start()
        try:
            self._attend(outputs, look)
        finally:
            self._stop.set()
            for stage in stages:
                stage.join()
            outputs.end()
        if self._error:
            raise self._error

    def _attend(self, outputs: Outputs, look: Callable[[Config], Config | None]) -> None:
        """The main thread's part: windows, commands, changed files."""
        looked = self._clock()
        while outputs.serve():
            self.statistics.dropped = {"matte": self._frames.dropped, "compose": self._matted.dropped, **outputs.dropped}
            try:
                command = self.commands.get(timeout=_PUMP_S)
                self._obey(command)
            except queue.Empty:
                pass
            if self._clock() - looked > 0.5:
                looked = self._clock()
                self._obey(lambda config: look(config) or config)

    def _obey(self, command: Command) -> None:
        try:
            changed = command(self.config)
            if changed is None:
                self._stop.set()
            elif changed != self.config:
                self._change(changed)
        except LiveSegError as error:
            log.error("%s (nothing was changed)", error)

    def _change(self, config: Config) -> None:
        """Takes a new configuration over: all or nothing."""
        before = self.config
        parts = ("effect", "blur", "replace")
        if any(getattr(config, part) != getattr(before, part) for part in parts):
            effect = effects.get(config.effect.name)(config)
            if self._newest is not None:
                effect.warm(self._newest.size)
            self._guard.effect = effect
        self._guard.config = config.guard
        fixed = [part for part in ("engine", "virtual_camera", "output") if getattr(config, part) != getattr(before, part)]
        if replace(config.source, mirror=before.source.mirror) != before.source:
            fixed.append("source")
        if fixed:
            log.warning("a change of %s counts from the next start", ", ".join(fixed))
        self.config = config
        self.on_change(config)

    def _hidden(self, reason: str) -> None:
        self.statistics.hidden = reason
        if reason:
            log.info("hidden: %s", reason)

    def _guarded(self, stage: Callable[[], None]) -> None:
        """Runs a stage; whatever ends it ends the handovers round it, and so the loop."""
        try:
            stage()
        except Closed:
            pass
        except BaseException as error:  # noqa: BLE001  # raised again by `run`, in the caller's thread
            self._error = self._error or error
            self._stop.set()
        finally:
            self._frames.close()
            if stage != self._capture:
                self._matted.close()
            if stage == self._matte:
                self._frames.cancel()
            if stage == self._compose:
                self._matted.cancel()
                self._guard.end()

    def _capture(self) -> None:
        limits = self.config.run
        count, first = 0, None
        while not self._stop.is_set():
            try:
                frame = self._source.read(self.config.source.timeout_ms / 1e3)
            except SourceLost as error:
                if not self._source.live or not self.config.source.reopen:
                    raise
                self._frames.put(Away(str(error)))
                continue
            if frame is None:
                return
            first = frame.time if first is None else first
            if limits.seconds and frame.time - first >= limits.seconds - 1e-6:
                return
            if self.config.source.mirror:
                frame = replace(frame, image=cv2.flip(frame.image, 1))
            self._newest = frame
            self._frames.put(frame)
            count += 1
            if limits.frames and count >= limits.frames:
                return

    def _matte(self) -> None:
        matter: Matter | None = None
        matting = None
        failures, again_at = 0, 0.0
        network = None
        while True:
            frame = self._frames.get(1)
            if frame is None:
                continue
            if isinstance(frame, Away):
                if matter:
                    matter.reset()
                self._matted.put(frame)
                continue
            if network is None:
                choice = self._load(frame.size)
                network = choice.network
                self.statistics.engine = choice.why
                log.info("%s", choice.why)
            if matter is None or matting != self.config.matting:
                matting = self.config.matting
                matter = Matter(network, matting)
            if self._clock() < again_at:
                continue
            start = self._clock()
            try:
                matte = matter(frame)
            except EngineError as error:
                if self._lossless:
                    raise
                log.error("%s", error)
                network.close()  # loaded again for the next frame
                again_at = self._clock() + _RETRY_S[min(failures, len(_RETRY_S) - 1)]
                failures += 1
                self._matted.put(Matted(frame, None, str(error)))
                continue
            failures = 0
            self.statistics.took("matte", self._clock() - start)
            self._matted.put(Matted(frame, matte))

    def _compose(self) -> None:
        while True:
            patience = 1.0 if self._lossless else self.config.guard.max_age_ms / 1e3
            matted = self._matted.get(patience)
            if matted is None:
                if not self._lossless and self._newest is not None:
                    self._guard.hide(self._newest, "no matte comes")
                continue
            if isinstance(matted, Away) or self.config.run.paused:
                self._card(matted)
                continue
            start = self._clock()
            if matted.reason:
                self._guard.hide(matted.frame, matted.reason)
            else:
                self._guard.show(matted.frame, matted.matte)
            self.statistics.took("compose", self._clock() - start)

    def _card(self, matted: Matted | Away) -> None:
        text = matted.text if isinstance(matted, Away) else "camera paused"
        frame = matted.frame if isinstance(matted, Matted) else self._newest
        if frame is not None:
            self._guard.card(frame.size, text, replace(frame, time=self._clock() if isinstance(matted, Away) else frame.time))
