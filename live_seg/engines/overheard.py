"""What native libraries print, kept from the user's terminal and searched for reasons."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from typing import Self


class Overheard:
    """Keeps what native libraries print from the terminal, and finds in it why a provider did not load.

    ONNX Runtime tells that nowhere else: it prints, and falls back to the CPU without an error.
    """

    reason = ""

    def __enter__(self) -> Self:
        sys.stdout.flush()
        sys.stderr.flush()
        self._printed = tempfile.TemporaryFile()
        self._kept = [os.dup(1), os.dup(2)]
        for number in (1, 2):
            os.dup2(self._printed.fileno(), number)
        return self

    def __exit__(self, *_: object) -> None:
        sys.stdout.flush()
        for number, kept in enumerate(self._kept, 1):
            os.dup2(kept, number)
            os.close(kept)
        self._printed.seek(0)
        text = self._printed.read().decode(errors="replace")
        self._printed.close()
        for line in text.splitlines():
            if line.startswith("live-seg: "):  # ours, from another thread meanwhile
                sys.stderr.write(f"{line}\n")
        self.reason = why(text)


def why(text: str) -> str:
    """The reason that lies in a text of the runtime; empty if none is known."""
    missing = re.search(r"([\w.+-]+\.(?:so|dll)[\w.]*): cannot open shared object", text)
    if missing:
        return f"the library {missing[1]} is missing"
    return "TensorRT is not installed" if "TensorRT" in text else ""
