"""Makes sessions while others serve: by CUDA first, and then, where that is asked for, by TensorRT."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from live_seg.config.tree import Engine as EngineConfig
from live_seg.errors import EngineError
from live_seg.fused.assemble import Recipe
from live_seg.fused.session import FusedSession
from live_seg.fused.unsupported import NoGraphForm

log = logging.getLogger("live_seg")

_THREAD = "build"
Make = Callable[[Recipe, str, EngineConfig], FusedSession]


@dataclass(frozen=True, slots=True)
class _Result:
    recipe: Recipe
    engine: str
    session: FusedSession | None
    why_not: str = ""


def is_at_work() -> bool:
    """Whether a session is being made in some thread of this process."""
    return any(thread.name == _THREAD for thread in threading.enumerate())


class Builder:
    """Keeps the best session that is ready. All its methods belong to one thread, but for what it builds in others.

    What failed once, when it was made or later, is not tried again.

    Parameters
    ----------
    engines
        Names, the first to serve first; a later one takes over when it is ready.
    config
        Threads and device.
    waits
        Make the best one at once and wait for it, so that what is shown does not depend on how long that takes.
    make
        Makes a session; tests put in their own.
    """

    def __init__(
        self, engines: Sequence[str], config: EngineConfig, waits: bool = False, make: Make = FusedSession
    ) -> None:
        self._engines = list(engines)
        self._config = config
        self._waits = waits
        self._make = make
        self._session: FusedSession | None = None
        self._failed: set[tuple[Recipe, str]] = set()
        self._building: tuple[Recipe, str] | None = None
        self._results: SimpleQueue[_Result] = SimpleQueue()

    def session(self, recipe: Recipe) -> FusedSession | None:
        """A session that makes the recipe's matte, and its picture too unless it was just asked for; None if none can.

        Until the one that was asked for is ready, that of another effect serves.
        """
        self._take(recipe)
        following = self._next(recipe)
        if following and self._waits:
            while following and self._session_of(recipe) is None:
                self._accept(self._build(recipe, following), recipe)
                following = self._next(recipe)
        elif following and self._building is None:
            self._building = (recipe, following)
            threading.Thread(target=self._build_apart, args=(recipe, following), name=_THREAD, daemon=True).start()
        session = self._session
        if session and _same_matte(session.recipe, recipe):
            return session
        return None

    def give_up(self, session: FusedSession) -> None:
        """The session failed: it is closed and not made again."""
        self._failed.add((session.recipe, session.engine))
        session.close()
        if self._session is session:
            self._session = None

    def close(self) -> None:
        """Releases what is ready; what is being made is released when it is."""
        if self._session:
            self._session.close()
        self._session = None

    def _next(self, recipe: Recipe) -> str:
        """The engine to build for next; empty if there is nothing to do."""
        possible = [engine for engine in self._engines if (recipe, engine) not in self._failed]
        session = self._session_of(recipe)
        if self._waits:
            return possible[-1] if possible and session is None else ""
        if session is None:
            return possible[0] if possible else ""
        better = possible[possible.index(session.engine) + 1 :] if session.engine in possible else []
        return better[0] if better and session.is_recorded else ""

    def _session_of(self, recipe: Recipe) -> FusedSession | None:
        return self._session if self._session and self._session.recipe == recipe else None

    def _take(self, recipe: Recipe) -> None:
        try:
            while True:
                result = self._results.get_nowait()
                self._building = None
                self._accept(result, recipe)
        except Empty:
            return

    def _accept(self, result: _Result, recipe: Recipe) -> None:
        """Swaps the session in, between two frames; one that nobody wants any more is closed."""
        if result.session is None:
            self._failed.add((result.recipe, result.engine))
            other = self._session_of(result.recipe)
            then = f"{other.device} goes on" if other else "OpenCV makes the picture"
            log.warning("no graph by %s: %s; %s", result.engine, result.why_not, then)
        elif result.recipe != recipe:
            result.session.close()
        else:
            if self._session:
                self._session.close()
            self._session = result.session
            log.info("one graph makes the whole picture on %s", result.session.device)

    def _build_apart(self, recipe: Recipe, engine: str) -> None:
        self._results.put(self._build(recipe, engine))

    def _build(self, recipe: Recipe, engine: str) -> _Result:
        try:
            return _Result(recipe, engine, self._make(recipe, engine, self._config))
        except (NoGraphForm, EngineError) as error:
            return _Result(recipe, engine, None, error.what if isinstance(error, EngineError) else str(error))
        except Exception as error:  # noqa: BLE001  # a network's file may be anything
            return _Result(recipe, engine, None, f"{type(error).__name__}: {error}")


def _same_matte(one: Recipe, other: Recipe) -> bool:
    return (one.model, one.matting, one.size) == (other.model, other.matting, other.size)
