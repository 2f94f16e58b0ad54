"""Files that are there whole or not at all, whatever happens while they are written."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from live_seg.errors import UsageError


def write_whole(file: Path, content: bytes | memoryview) -> None:
    """Writes a file so that a kill or a full disk leaves the old one or the new one, and nothing between.

    What is no file (a pipe, /dev/stdout) is written to as it is.

    Raises
    ------
    UsageError
        If it cannot be written; then nothing is left of it.
    """
    if file.is_dir():
        raise UsageError(f"{file} is a folder", "Give a file's name.")
    target = file.resolve() if file.is_symlink() else file
    part = target.with_name(f".{target.name}.part")
    try:
        if target.exists() and not target.is_file():
            target.write_bytes(content)
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(target)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise UsageError(
            f"{file} cannot be written: {error.strerror}",
            "What was there before is unharmed; make room, or choose another place.",
        ) from None
