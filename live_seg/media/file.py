"""A file that somebody named: there, not empty, allowed to be read; otherwise one clear line."""

from __future__ import annotations

import os
from pathlib import Path

from live_seg.errors import UsageError, nearest, one_line


def shown(path: str | Path) -> str:
    """A path as one line that any terminal can print: line ends, and bytes that are no UTF-8, are spelled out."""
    return one_line(os.fsencode(path).decode("utf-8", "backslashreplace"))


def named(name: str | Path) -> Path:
    """The path that is meant: `~` is somebody's home, unless a file is called just so, as `~draft.jpg` may be."""
    path = Path(name)
    return path if os.path.lexists(path) else path.expanduser()


def readable(name: str | Path) -> Path:
    """Path of a file that can be read and has something in it.

    Parameters
    ----------
    name
        As somebody wrote it; see `named`.

    Raises
    ------
    UsageError
        If it is missing (names those in its folder that look like it), a folder, empty, or must not be read.
    """
    path = named(name)
    name = shown(name)
    try:
        if path.is_dir():
            os.scandir(path).close()  # one that must not be looked into is said to be that
            raise UsageError(f"{name} is a folder", "Give a file in it.")
        if path.exists() and not path.is_file():
            raise UsageError(f"{name} is no file", "Give a file, not a pipe or a device.")
        with path.open("rb") as file:
            if not file.read(1):
                raise UsageError(f"{name} is empty", "Give another file, or copy it once more.")
    except (FileNotFoundError, NotADirectoryError):
        raise UsageError(f"there is no file {name}", _cure(path)) from None
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"{name} cannot be read: {reason}", "Give a file that you may read.") from None
    return path


def _cure(missing: Path) -> str:
    folder = missing.parent
    if not folder.is_dir():
        return f"There is no folder {shown(folder)} either."
    try:
        stems = {path.stem: path for path in folder.iterdir() if path.is_file()}
    except OSError:
        stems = {}
    near = nearest(missing.stem, stems)
    return f"Did you mean {' or '.join(shown(stems[stem]) for stem in near)}?" if near else ""
