"""The loop behind the live tab: runs while somebody looks."""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from live_seg.config import Config
from live_seg.config.commands import Command
from live_seg.effects import effects
from live_seg.errors import LiveSegError, unknown
from live_seg.live.pipeline import Look, Pipeline
from live_seg.live.session import Session
from live_seg.sinks.page import PageSink, Viewers

log = logging.getLogger("live_seg")

_LINGER_S = 5.0
"""So long the camera stays open after the last viewer left: a page that is loaded again finds it open."""

_AGAIN_S = 3.0
"""Pause before a camera that could not be opened is tried again, while somebody looks."""

_PUMP_S = 0.02
"""How often the main thread looks for viewers and the end."""


@dataclass(frozen=True, slots=True)
class State:
    """What the live tab shows beside the picture.

    Attributes
    ----------
    config
        As it is now, whoever changed it.
    running
        True while pictures come.
    problem
        Why none come; empty if there is no problem.
    hidden
        Why the room is hidden just now; empty if it is not.
    statistics
        Lines of text.
    """

    config: Config
    running: bool
    problem: str
    hidden: str
    statistics: tuple[str, ...]


class Studio:
    """Opens the camera when the first viewer comes, and closes it when the last has left.

    Where pictures go elsewhere too (a window, the virtual camera, a file), it runs from the start to the end.

    Parameters
    ----------
    config
        Where to start from; the page's sink is added to the sinks that it names.
    look
        Asked twice a second for a changed configuration.
    linger_s
        How long the camera stays open without viewers.
    """

    def __init__(self, config: Config, look: Look = lambda config: None, linger_s: float = _LINGER_S) -> None:
        self.viewers = Viewers()
        self._elsewhere = config.window.show or config.virtual_camera.show or bool(config.output.file)
        self._config = replace(config, output=replace(config.output, also=[*config.output.also, PageSink.name]))
        self._look = look
        self._linger_s = linger_s
        self._session: Session | None = None
        self._opening: Config | None = None
        self._left_s = 0.0
        self._problem = ""
        self._stop = False
        self._lock = threading.Lock()
        Session(self._config)  # says at once what cannot be

    def run(self) -> None:
        """Runs until `stop`, or until a run that feeds more than the page is over. For the main thread.

        Raises
        ------
        LiveSegError
            What ended a run that feeds more than the page. Viewers alone are told, and it is tried again.
        """
        if self._elsewhere:
            self._once()
            return
        again_s = 0.0
        while not self._stop:
            if len(self.viewers) and time.monotonic() >= again_s:
                try:
                    self._once()
                except LiveSegError as error:
                    log.error("%s", error)
                    self._problem = str(error)
                    again_s = time.monotonic() + _AGAIN_S
            time.sleep(_PUMP_S)

    def stop(self) -> None:
        """Ends `run`; may be called from a signal handler."""
        self._stop = True
        session = self._session
        if session is not None:
            session.pipeline.stop()

    @property
    def stopped(self) -> bool:
        """True once it was told to stop."""
        return self._stop

    @contextlib.contextmanager
    def looking(self, show: Callable[[bytes], None]) -> Iterator[None]:
        """One viewer more within the block; see `Viewers.looking`."""
        try:
            with self.viewers.looking(show):
                yield
        finally:
            self._left_s = time.monotonic()

    def command(self, command: Command) -> State:
        """Changes the configuration, through the loop's queue while it runs; how it is as soon as that is done.

        Raises
        ------
        UsageError
            If it cannot be changed so; then nothing is.
        """
        with self._lock:
            now = self.state()
            changed = command(now.config)
            if changed is None:
                self.stop()
                return now
            if changed.effect.name not in effects.names():
                raise unknown("effect", changed.effect.name, effects.names())
            self._config = changed
            if self._session is not None:
                self._session.pipeline.commands.put(command)
            return replace(now, config=changed)

    def state(self) -> State:
        """How it is now."""
        session = self._session
        if session is None:
            return State(self._config, False, self._problem, "", ())
        statistics = session.pipeline.statistics
        return State(session.pipeline.config, True, "", statistics.hidden, tuple(statistics.lines()))

    def in_use(self) -> list[Config]:
        """As it was last asked for, as a camera is being opened with, as it is shown: what these name is needed yet."""
        with self._lock:
            running = self._session.pipeline.config if self._session is not None else None
            return [config for config in (self._config, self._opening, running) if config is not None]

    def _once(self) -> None:
        with self._lock:
            asked = self._opening = self._config
        try:
            self._run(asked)
        finally:
            self._opening = None

    def _run(self, asked: Config) -> None:
        with Session(asked) as session:
            session.open()
            page = next(sink for sink in session.outputs if isinstance(sink, PageSink))
            page.viewers = self.viewers
            with self._lock:
                self._session, self._opening, self._problem = session, None, ""
                now = self._config
                if now is not asked:  # it was changed while the camera was opened
                    session.pipeline.commands.put(lambda config: now)
            if self._stop:  # the signal came while the camera was opened
                session.pipeline.stop()
            try:
                session.run(lambda config: self._look_out(session, config))
            finally:
                with self._lock:
                    self._config, self._session = _last(session.pipeline), None

    def _look_out(self, session: Session, config: Config) -> Config | None:
        gone = not len(self.viewers) and time.monotonic() - self._left_s > self._linger_s
        if gone and not self._elsewhere:
            session.pipeline.stop()
        return self._look(config)


def _last(pipeline: Pipeline) -> Config:
    """How it was at the end, with what the loop had no time for."""
    config = pipeline.config
    with contextlib.suppress(queue.Empty):
        while True:
            command = pipeline.commands.get_nowait()
            with contextlib.suppress(LiveSegError):
                config = command(config) or config
    return config
