"""Writing results: whole or not at all, never outside the folder, never over what is not ours, by one run at a time."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path

from live_seg.errors import SinkError, UsageError
from live_seg.media.file import shown
from live_seg.photo.header import Unreadable, open_header
from live_seg.photo.tags import read_tags
from live_seg.photo.task import OURS, Job
from live_seg.writing import put_whole

_PART = ".live-seg-{}.part"
"""Name of a file that is being written; the result's own name may be as long as a name can be."""


def mark_in(file: Path) -> str | None:
    """What a picture file says of how it was made; "" if it is none or says nothing, None if there is nothing."""
    try:
        if file.exists() and not file.is_file():  # to open a pipe is to wait for its writer
            return ""
        with file.open("rb") as stream:
            return read_tags(open_header(stream, ""))[0].software
    except FileNotFoundError:
        return None
    except (OSError, Unreadable):
        return ""


def refuse_own_inputs(targets: Iterable[Path], inputs: Iterable[Path | int]) -> None:
    """Refuses to write over anything that is read, by whatever name or link.

    Parameters
    ----------
    targets
        What will be written.
    inputs
        What is read; open files by their number.

    Raises
    ------
    UsageError
        If one of the targets is one of the inputs.
    """
    read = {_identity(file) for file in inputs} - {None}
    for target in targets:
        if _identity(target) in read:
            raise UsageError(f"{shown(target)} is what is read", "Write to another file or folder.")


def check_target(job: Job) -> None:
    """Refuses targets that must not be written.

    Raises
    ------
    SinkError
        If the target lies outside the root by a link, or is a file that is not ours.
    """
    if job.root is None:
        return
    target = shown(job.target)
    if not job.target.parent.resolve().is_relative_to(job.root.resolve()):
        raise SinkError(f"{target} leads out of {shown(job.root)} by a link", "Remove the link.")
    mark = mark_in(job.target)
    is_empty = job.target.is_file() and not job.target.stat().st_size
    if mark is not None and not mark.startswith(OURS) and not is_empty:
        raise SinkError(f"{target} is there and is not of live-seg", "Remove it, or choose another folder.")


def write_result(target: Path, data: bytes) -> None:
    """Writes a file beside the target and gives it the target's name.

    Raises
    ------
    SinkError
        If that fails; then nothing is left behind.
    """
    try:
        put_whole(target, data, _PART.format(secrets.token_hex(6)))
    except OSError as error:
        raise SinkError(f"{shown(target)} cannot be written: {error.strerror}", "Choose another place.") from None


def remove_parts(root: Path, folders: Iterable[Path]) -> None:
    """Removes what killed runs left in folders below the root; only while this run holds it."""
    for folder in folders:
        if not folder.resolve().is_relative_to(root.resolve()):
            continue
        with contextlib.suppress(OSError):
            for part in folder.glob(_PART.format("*")):
                part.unlink(missing_ok=True)


@contextlib.contextmanager
def held(folder: Path) -> Iterator[None]:
    """Holds a folder for this run; the system lets go of it when the process ends, however it ends.

    Raises
    ------
    SinkError
        If another run holds it, or it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SinkError(f"{shown(folder)}: {error.strerror}", "Give a folder with -o.") from None
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SinkError(f"another run writes into {shown(folder)}", "Wait for it, or choose another.") from None
        except OSError:
            pass  # a file system without locks
        yield
    finally:
        os.close(handle)


def _identity(file: Path | int) -> tuple[int, int] | None:
    try:
        status = os.stat(file)  # noqa: PTH116  # an open file has no path
    except (OSError, ValueError):  # it is not there, or its name cannot be one
        return None
    return status.st_dev, status.st_ino
