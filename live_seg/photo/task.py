"""One picture of a batch: where it comes from, where it goes, what is made of it, how that went."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Literal

import numpy as np

from live_seg.media.file import named
from live_seg.models import families, find_model, models
from live_seg.photo.limits import Limits
from live_seg.photo.request import Request

OURS = "live-seg "
"""How the mark of each of our files begins."""

_PIECE = 1 << 16
"""Bytes from the middle of a file by which it is told from another of the same size and time."""


@dataclass(frozen=True, slots=True)
class Job:
    """A picture and where it goes.

    Attributes
    ----------
    source, target
        Files.
    root
        The folder that nothing is written outside of; None where somebody named the target itself.
    """

    source: Path
    target: Path
    root: Path | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """What is made of each picture, by which network; may be sent to another machine.

    Attributes
    ----------
    request
        What is made.
    model, engine, threads
        As for the `Cutter`.
    limits
        The largest picture that is read.
    """

    request: Request = field(default_factory=Request)
    model: str = "person"
    engine: str = "auto"
    threads: int = 0
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one picture went.

    Attributes
    ----------
    source, target
        As the job named them.
    status
        "done"; "skipped": was done before; "failed".
    error
        One line, if it failed.
    is_empty
        True if it is done and nobody was found in it.
    width, height
        Of what was written, in pixels.
    """

    source: str
    target: str
    status: Literal["done", "skipped", "failed"]
    error: str = ""
    is_empty: bool = False
    width: int = 0
    height: int = 0


def mark_of(job: Job, task: Task) -> str:
    """A line for the file that is made: the same again only for the same picture, request and network.

    Raises
    ------
    OSError
        If the source is not there.
    UsageError
        If there is no such model.
    """
    request = task.request
    parts = [str(request.blur_px), str(request.crop), str(request.matte), _weights(task.model), job.target.suffix]
    parts += [_background(request.background), *_state(job.source)]
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return f"{OURS}{version('live-seg')} {digest}"


def _weights(model: str) -> str:
    rows = [row for row in models() if row.family == model] if model in families() else [find_model(model)]
    return " ".join(row.sha256 or " ".join(_state(row.file)) for row in rows)


def _background(background: object) -> str:
    if isinstance(background, np.ndarray):
        return hashlib.sha256(background.tobytes()).hexdigest()
    file = named(str(background))
    return " ".join([str(file.absolute()), *_state(file)]) if background and file.is_file() else str(background)


def _state(file: Path) -> list[str]:
    """Not its place, which a stick has elsewhere on each computer; nor its time alone, which archives give to all."""
    with file.open("rb") as stream:
        state = os.fstat(stream.fileno())
        stream.seek(state.st_size // 2)
        piece = hashlib.sha256(stream.read(_PIECE)).hexdigest()
    return [str(state.st_size), str(state.st_mtime_ns), piece]
