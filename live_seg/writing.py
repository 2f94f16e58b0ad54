"""Files that are there whole or not at all, whatever happens while they are written."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from live_seg.errors import UsageError

_MOST = 50
"""Characters of the target's name in that of its part: with more, and of several bytes each, it could be too long."""


def put_whole(target: Path, content: bytes | memoryview, part: str) -> None:
    """Writes a file under the name `part` beside the target, and gives it the target's name when it is on the disk.

    Raises
    ------
    OSError
        If that fails; then nothing is left of it, and the target is what it was.
    """
    written = target.with_name(part)
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with written.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        written.replace(target)
    except BaseException:
        with suppress(OSError):
            written.unlink(missing_ok=True)
        raise


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
    try:
        if target.exists() and not target.is_file():
            target.write_bytes(content)
            return
        put_whole(target, content, f".{target.name[:_MOST]}.part")
    except OSError as error:
        raise UsageError(
            f"{file} cannot be written: {error.strerror}",
            "What was there before is unharmed; make room, or choose another place.",
        ) from None
