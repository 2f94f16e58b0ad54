"""What native libraries print, kept from the user's terminal and searched for reasons."""

from __future__ import annotations

import os
import re
import sys
import tempfile
import threading
from contextlib import suppress
from typing import ClassVar, Self


class Overheard:
    """Keeps what native libraries print from the terminal, and finds in it why a provider did not load.

    ONNX Runtime tells that nowhere else: it prints, and falls back to the CPU without an error. Several threads may
    listen at a time, as where a network is loaded while a graph is built: the terminal is back when the last one ends.
    """

    reason = ""
    _lock = threading.RLock()
    _shared: ClassVar[_Redirected | None] = None

    def __enter__(self) -> Self:
        with Overheard._lock:
            Overheard._shared = Overheard._shared or _Redirected()
            self._redirected = Overheard._shared
            self._redirected.listeners += 1
            self._start = self._redirected.length()
        return self

    def __exit__(self, *_: object) -> None:
        with Overheard._lock:
            self.reason = why(self._redirected.text(self._start))
            self._redirected.listeners -= 1
            if not self._redirected.listeners:
                self.give_back()

    @classmethod
    def say(cls, line: str) -> bool:
        """Writes to the terminal if it is kept from everybody else just now; False if it is not."""
        with cls._lock:
            if cls._shared is None:
                return False
            cls._shared.write(line)
            return True

    @classmethod
    def give_back(cls) -> None:
        """Gives the terminal back, whoever still listens."""
        with cls._lock:
            redirected, cls._shared = cls._shared, None
            if redirected:
                redirected.end()


class _Redirected:
    """Standard output and error of the process, native libraries included, in a file."""

    def __init__(self) -> None:
        self.listeners = 0
        sys.stdout.flush()
        sys.stderr.flush()
        self._printed = tempfile.TemporaryFile()  # noqa: SIM115  # closed by `end`
        self._kept = [os.dup(1), os.dup(2)]
        for number in (1, 2):
            os.dup2(self._printed.fileno(), number)

    def length(self) -> int:
        """Bytes that were printed."""
        return os.lseek(self._printed.fileno(), 0, os.SEEK_END)

    def text(self, start: int) -> str:
        """What was printed from there on; who prints shares the file's position, which is its end again."""
        self._printed.seek(start)
        return self._printed.read().decode(errors="replace")

    def write(self, line: str) -> None:
        """Writes to what was standard error."""
        with suppress(OSError):  # nobody reads it any more
            os.write(self._kept[1], f"{line}\n".encode(errors="backslashreplace"))

    def end(self) -> None:
        """Gives the terminal back."""
        sys.stdout.flush()
        for number, kept in enumerate(self._kept, 1):
            os.dup2(kept, number)
            os.close(kept)
        for line in self.text(0).splitlines():
            if line.startswith("live-seg: "):  # ours, from another thread meanwhile
                sys.stderr.write(f"{line}\n")
        self._printed.close()


def why(text: str) -> str:
    """The reason that lies in a text of the runtime; empty if none is known."""
    missing = re.search(
        r"([\w.+-]+\.so[\w.]*): cannot open shared object|depends on \"([^\"]+)\" which is missing"
        r"|LoadLibrary failed for (\S+) with error",
        text,
    )
    if missing:
        return f"the library {missing[1] or missing[2] or missing[3]} is missing"
    failed = re.search(r"\b\w+ failure -?\d+: .*?(?= ; GPU=)|Failed to allocate memory for requested buffer.*", text)
    if failed:  # behind half a page of function names
        return failed[0]
    return "TensorRT is not installed" if "install TensorRT" in text else ""
