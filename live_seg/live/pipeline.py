"""The loop: source -> matter -> guard (effect) -> sinks, each stage in a thread of its own.

    capture ──frames──▶ Matting ──matted──▶ compose ──Guard──▶ Outputs ──▶ sink threads, main thread

The stages (stages.py) only move frames; what a handover does when the next stage is slow is all that differs between
live and offline. OpenCV and the engines release the interpreter lock, so the threads overlap really.
"""

from __future__ import annotations

import logging
import math
import queue
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

from live_seg.config import Config
from live_seg.config.commands import Command
from live_seg.effects import Effect, open_effect
from live_seg.errors import LiveSegError
from live_seg.frame import Clock, Frame, Size
from live_seg.live.guard import Guard
from live_seg.live.handover import Closed, Handover, Lossless, Newest
from live_seg.live.matte_stage import Matting
from live_seg.live.opencv_threads import opencv_threads
from live_seg.live.outputs import Outputs, ended
from live_seg.live.stages import Away, Matted, Shared, capture, compose
from live_seg.live.statistics import Statistics
from live_seg.matting import Choice
from live_seg.sinks import Sink
from live_seg.sources import Source

log = logging.getLogger("live_seg")

Look = Callable[[Config], Config | None]
"""Looks whether the configuration was changed from outside; None if not (`live_seg.config.watch`)."""

_PUMP_S, _IDLE_PUMP_S = 0.01, 0.03
"""How often the main thread sees to windows, commands and signals; and where there is no window. Each time it wakes
costs as much as a whole handover of a frame."""

_SAY_HIDDEN_S = 5.0
"""A computer that is too slow hides and shows many times a second: that is said once in a while only."""

_LOOK_S = 0.5
"""How often it looks for changed files."""

_SILENT_S = 0.2
"""A camera that gives no frame for so long at the end is closed while its `read` still waits."""


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
    commands
        Where keys, pages and files put changes of the configuration.
    statistics
        Told how the loop is doing.
    clock
        Monotonic seconds; the one that a live source stamps its frames with.
    """

    def __init__(
        self,
        config: Config,
        source: Source,
        load: Callable[[Size], Choice],
        lossless: bool,
        commands: queue.SimpleQueue[Command] | None = None,
        statistics: Statistics | None = None,
        clock: Clock = time.perf_counter,
    ) -> None:
        self.statistics = statistics or Statistics()
        self.statistics.source = source.name
        self.commands = commands or queue.SimpleQueue()
        self._source = source
        self._load = load
        self._shared = Shared(config, lossless, clock, self.statistics)
        self._error: BaseException | None = None
        self._said_hidden_s = -math.inf
        self._frames: Handover[Frame | Away] = Lossless() if lossless else Newest()
        self._matted: Handover[Matted | Away] = Lossless() if lossless else Newest()

    @property
    def config(self) -> Config:
        """The configuration as it is now."""
        return self._shared.config

    def stop(self) -> None:
        """Asks the loop to end; what was captured before is finished. May be called from a signal handler."""
        self._shared.stop = True

    @property
    def is_stopping(self) -> bool:
        """Whether it was asked to end, or fails."""
        return self._shared.stop

    def run(self, sinks: Sequence[Sink], look: Look = lambda config: None) -> None:
        """Runs in the calling thread, which must be the program's main thread if a window is among the sinks.

        Parameters
        ----------
        sinks
            Closed at the end.
        look
            Asked twice a second for a changed configuration.

        Raises
        ------
        LiveSegError
            What ended the loop early, after everything was closed.
        """
        shared = self._shared
        outputs = Outputs(sinks, shared.lossless, self.statistics, shared.clock)
        self._guard = Guard(
            shared.config.guard, self._effect(shared.config), outputs, None if shared.lossless else shared.clock
        )
        self._guard.on_hide = self._say_hidden
        capturing = threading.Thread(target=self._capture, daemon=True)
        others = [threading.Thread(target=stage, daemon=True) for stage in (self._matte, self._compose)]
        with opencv_threads(self._source.size, shared.config.engine.threads):
            outputs.start()
            for thread in (capturing, *others):
                thread.start()
            try:
                self._attend(outputs, look)
            finally:
                shared.stop = True
                if self._source.live:
                    self._frames.close()  # the stages behind a silent camera end without it
                    capturing.join(_SILENT_S)
                else:
                    ended(capturing)
                for thread in others:
                    ended(thread)
                outputs.end()
                self._count_dropped(outputs)
        if self._error:
            raise self._error

    def _capture(self) -> None:
        try:
            self._caught(lambda: capture(self._shared, self._source, self._frames))
        finally:
            self._frames.close()

    def _matte(self) -> None:
        try:
            matting = Matting(self._shared, self._load, lambda: self._guard.effect)
            self._caught(lambda: matting.run(self._frames, self._matted))
        finally:
            self._frames.cancel()
            self._matted.close()

    def _compose(self) -> None:
        try:
            self._caught(lambda: compose(self._shared, self._guard, self._matted))
        finally:
            self._matted.cancel()
            self._guard.end()

    def _caught(self, stage: Callable[[], None]) -> None:
        """Runs a stage; an error ends the loop and is raised again by `run`, in the caller's thread."""
        try:
            stage()
        except Closed:
            pass
        except SystemExit as error:  # raised again as it is, it would end the program without a word
            what = f"the source or the engine asked to end the program ({error!r})"
            self._fail(LiveSegError(what, "Update or remove the package that it is of."))
        except BaseException as error:  # noqa: BLE001
            self._fail(error)

    def _fail(self, error: BaseException) -> None:
        self._error = self._error or error
        self._shared.stop = True

    def _attend(self, outputs: Outputs, look: Look) -> None:
        """The main thread's part: windows, commands, changed files; until every sink is done."""
        clock = self._shared.clock
        looked = clock()
        pump_s = _PUMP_S if outputs.need_main_thread else _IDLE_PUMP_S
        while outputs.serve():
            if self._shared.stop and self._source.live:
                self._frames.close()  # a silent camera's next frame may be minutes away
            self._count_dropped(outputs)
            # Not `get(timeout=…)`: in CPython 3.11 that waits for ever if a signal is handled meanwhile.
            time.sleep(pump_s)
            with suppress(queue.Empty):
                self._obey(self.commands.get_nowait())
            if clock() - looked > _LOOK_S:
                looked = clock()
                self._obey(lambda config: look(config) or config)

    def _count_dropped(self, outputs: Outputs) -> None:
        frames, matted = self._frames.dropped, self._matted.dropped
        self.statistics.dropped = {"matte": frames, "compose": matted, **outputs.dropped}

    def _obey(self, command: Command) -> None:
        """Carries a command out: all of it, or nothing."""
        try:
            changed = command(self.config)
            if changed is None:
                self.stop()
            elif changed != self.config:
                self._change(changed)
        except Exception as error:  # noqa: BLE001  # an effect of another package may raise anything when it is made
            log.error("%s (nothing was changed)", error)

    def _change(self, config: Config) -> None:
        before = self.config
        if (config.effect, config.blur, config.replace) != (before.effect, before.blur, before.replace):
            self._guard.effect = self._effect(config)
        self._guard.config = config.guard
        fixed = [
            part
            for part in ("engine", "window", "virtual_camera", "output")
            if getattr(config, part) != getattr(before, part)
        ]
        if replace(config.source, mirror=before.source.mirror) != before.source:
            fixed.insert(0, "source")
        if fixed:
            log.warning("what was changed in %s counts from the next start", ", ".join(fixed))
        self._shared.config = config

    def _effect(self, config: Config) -> Effect:
        effect = open_effect(config)
        effect.warm(self._source.size)
        return effect

    def _say_hidden(self, reason: str) -> None:
        self.statistics.hidden = reason
        now = self._shared.clock()
        if reason and now - self._said_hidden_s > _SAY_HIDDEN_S:
            self._said_hidden_s = now
            log.info("hidden: %s", reason)
