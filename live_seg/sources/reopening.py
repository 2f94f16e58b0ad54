"""A live source that comes back after it was lost."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from typing import Protocol, runtime_checkable

from live_seg.config import Config
from live_seg.errors import LiveSegError, SourceLost
from live_seg.frame import Frame
from live_seg.sources.source import Source, SourceBase


@runtime_checkable
class Reopenable(Protocol):
    """A source that can be opened anew, though perhaps not at the same place."""

    def again(self) -> Source:
        """The same source, opened anew, after this one was closed; raises LiveSegError while it is not there."""


card_s = 0.5  # readers of a virtual camera think it dead if nothing comes for seconds


def pauses() -> Iterator[float]:
    """Seconds before each attempt: soon at first, for a loose plug; then rarely, for an unplugged camera."""
    return itertools.chain((0.5, 1.0, 2.0, 4.0), itertools.repeat(5.0))


def reopening(source: Source, config: Config) -> Source:
    """`source` itself, or wrapped if it is live, can be opened anew, and the configuration wants that."""
    if config.source.reopen and source.live and isinstance(source, Reopenable):
        return ReopeningSource(source)
    return source


class ReopeningSource(SourceBase):
    """Looks for a lost source in a thread of its own, so that `read` never takes longer than its time.

    `read` raises `SourceLost` when the source is lost, and again at every call until it is back; the caller
    shows a card meanwhile and calls again. The lost source is released before it is looked for: as long as it
    is held, a camera that is plugged in again gets another number.

    Parameters
    ----------
    source
        Opened, and with an `again` method (`Reopenable`).
    wait
        `wait(stop, seconds)`: waits, and says whether `stop` was set meanwhile.

    Attributes
    ----------
    name, size, fps, notes
        Those of the source as it is now; may change with a loss.
    state
        "Logitech C920 (/dev/video0) is gone; looking for it"; empty while it gives pictures.
    losses
        How often it was lost.
    """

    live = True

    def __init__(self, source: Source, wait: Callable[[threading.Event, float], bool] = threading.Event.wait) -> None:
        self._adopt(source)
        self._wait = wait
        self._stop = threading.Event()
        self._changed = threading.Condition()
        self._found: Source | None = None
        self._search: threading.Thread | None = None
        self._count = 0
        self.state = ""
        self.losses = 0

    def read(self, timeout_s: float) -> Frame | None:
        """Next frame, numbered on over losses.

        Raises
        ------
        SourceLost
            If it is lost, or still away: then after half a second at most, so that the card is sent again.
        """
        if self._search is not None and not self._is_back(min(timeout_s, card_s)):
            raise SourceLost(self.state)
        try:
            frame = self._source.read(timeout_s)
        except SourceLost as error:
            self._source.close()
            self._look_for_it(error)
            raise SourceLost(self.state) from error
        self.state = ""
        if frame is None:
            return None
        self._count += 1
        return Frame(frame.image, self._count - 1, frame.time)

    def close(self) -> None:
        """Ends the search and releases what is open."""
        self._stop.set()
        with self._changed:
            self._changed.notify_all()
        if self._search is not None:
            self._search.join(1.5)  # an opening that hangs is left to its thread, which closes what it gets
        self._source.close()
        if self._found is not None:
            self._found.close()

    def _look_for_it(self, error: SourceLost) -> None:
        self.losses += 1
        self.state = f"{error.what}; looking for it"
        self._search = threading.Thread(target=self._look, args=(self._source,), name="reopening", daemon=True)
        self._search.start()

    def _look(self, lost: Source) -> None:
        assert isinstance(lost, Reopenable)
        for pause_s in pauses():
            if self._wait(self._stop, pause_s):
                return
            try:
                found = lost.again()
            except Exception as error:  # noqa: BLE001  # a driver in mid-plug fails in ways of its own; the search goes on
                reason = error.what if isinstance(error, LiveSegError) else error
                self.state = f"{lost.name} is away; looking for it ({reason})"
                continue
            with self._changed:
                if self._stop.is_set():
                    found.close()
                    return
                self._found = found
                self._changed.notify_all()
            return

    def _is_back(self, timeout_s: float) -> bool:
        with self._changed:
            self._changed.wait_for(lambda: self._found is not None or self._stop.is_set(), timeout_s)
            if self._found is None or self._stop.is_set():  # what is found now is for `close` to close
                return False
            self._adopt(self._found)
            self._found, self._search = None, None
            return True

    def _adopt(self, source: Source) -> None:
        """After a loss the number in its name, its size and its rate may be others."""
        self._source = source
        self.name, self.size, self.fps = source.name, source.size, source.fps
        self.notes = source.notes
