"""A contender in a process of its own, so that memory and CPU time are its own and nobody else's."""

from __future__ import annotations

import multiprocessing
import signal
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from live_seg.bench.plan import Contender, Setting
from live_seg.bench.round import Round
from live_seg.bench.subject import About, Subject
from live_seg.closing import Closing
from live_seg.errors import EngineError, LiveSegError

_PATIENCE_S = 3.0
"""A process that has not ended after that is killed: it holds nothing that would be lost."""


@dataclass(frozen=True, slots=True)
class _Failed:
    what: str
    cure: str


class Worker(Closing):
    """Starts the process, and opens the contender in it. Between rounds it waits and costs nothing.

    Raises
    ------
    EngineError
        If the contender cannot be opened, or its process ends.
    """

    def __init__(self, contender: Contender, setting: Setting, clip: Path) -> None:
        context = multiprocessing.get_context("spawn")  # forked memory would count as the contender's
        self._connection, other = context.Pipe()
        self._process = context.Process(target=serve, args=(other, contender, setting, clip), daemon=True)
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process has it from us, from its first moment on
        try:
            self._process.start()
        finally:
            signal.signal(signal.SIGINT, before)
        other.close()
        try:
            self.about: About = self._answer()
        except EngineError:
            self.close()
            raise

    def round(self, seconds: float) -> Round:
        """Measures one round.

        Raises
        ------
        EngineError
            If the network fails, no picture comes, or the process ends.
        """
        with suppress(OSError):  # it ended in an earlier round: the answer says so
            self._connection.send(seconds)
        measured: Round = self._answer()
        return measured

    def close(self) -> None:
        """Ends the process; may be called twice."""
        if not self._connection.closed:
            with suppress(OSError):  # it has ended
                self._connection.send(None)
            self._connection.close()
        self._process.join(_PATIENCE_S)
        if self._process.is_alive():  # in the middle of a round
            self._process.kill()
            self._process.join()

    def _answer(self) -> Any:
        try:
            answer = self._connection.recv()
        except (EOFError, OSError):
            self._process.join(_PATIENCE_S)
            raise EngineError(f"its process ended with code {self._process.exitcode}") from None
        if isinstance(answer, _Failed):
            raise EngineError(answer.what, answer.cure)
        return answer


def serve(connection: Connection, contender: Contender, setting: Setting, clip: Path) -> None:
    """The process: opens the contender, says what it is, and measures a round of each number of seconds that comes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's business; Windows hands nothing down
    try:
        with Subject(contender, setting, clip) as subject:
            connection.send(subject.about)
            while (seconds := connection.recv()) is not None:
                try:
                    connection.send(subject.round(seconds))
                except EngineError as error:  # the next round may go well
                    connection.send(_Failed(error.what, error.cure))
    except LiveSegError as error:
        connection.send(_Failed(error.what, error.cure))
    except (EOFError, BrokenPipeError, ConnectionResetError):  # the parent is gone, perhaps in the middle of a round
        pass
