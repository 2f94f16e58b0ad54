"""Ctrl-C, SIGTERM and a closed terminal end a run cleanly."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from types import FrameType

_PATIENCE_S = 3.0


@contextlib.contextmanager
def signals(stop: Callable[[], None]) -> Iterator[list[int]]:
    """Calls `stop` at the first signal; a second Ctrl-C ends the process at once.

    A second signal within a second counts for nothing: shells and `timeout` send one to the process and its group.
    Where something hangs, it is said after a while that a second one helps.
    What whoever started us wants to be ignored stays ignored: `nohup` a closed terminal, a script's `&` Ctrl-C.

    Yields
    ------
    list[int]
        The signal that came; empty while none did.
    """
    came: list[int] = []
    first_s = 0.0
    impatient = threading.Timer(_PATIENCE_S, _say_that_it_lasts)
    impatient.daemon = True

    def handle(number: int, frame: FrameType | None) -> None:
        nonlocal first_s
        if came and time.monotonic() - first_s > 1:
            os._exit(128 + number)
        if not came:
            came.append(number)
            first_s = time.monotonic()
            impatient.start()
            stop()

    names = ("SIGINT", "SIGTERM", "SIGHUP")  # the last is not on Windows
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    numbers = [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, handle) for number in numbers}
    try:
        yield came
    finally:
        impatient.cancel()
        for number, handler in before.items():
            signal.signal(number, handler)


def _say_that_it_lasts() -> None:
    print("live-seg: it is still ending what it does; Ctrl-C once more ends it at once", file=sys.stderr)


@contextlib.contextmanager
def unwinding() -> Iterator[None]:
    """Within it SIGTERM and a closed terminal end the program as Ctrl-C does: what it holds open is closed.

    Without it Python ends at once, and large temporary files stay behind.

    Raises
    ------
    KeyboardInterrupt
        After Ctrl-C.
    SystemExit
        After another signal, with its exit code, 128 and its number.
    """

    def cut_short() -> None:
        raise KeyboardInterrupt

    with signals(cut_short) as came:
        try:
            yield
        except KeyboardInterrupt:
            if came and came[0] != signal.SIGINT:
                raise SystemExit(128 + came[0]) from None
            raise
