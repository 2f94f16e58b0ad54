"""A result: the rows with where they come from, as JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from live_seg.bench.machine import Machine
from live_seg.bench.measure import Skipped
from live_seg.bench.row import Row
from live_seg.errors import UsageError
from live_seg.writing import write_whole


@dataclass(frozen=True, slots=True)
class Result:
    """What a run of `live-seg bench` gave.

    Attributes
    ----------
    command
        That measured it.
    date
        Day of the measurement, 2026-11-21.
    camera
        What was seen: "demo", "still", or a clip's file name without its folder.
    """

    command: str
    date: str
    seconds: float
    repeats: int
    machine: Machine
    versions: dict[str, str]
    rows: list[Row]
    skipped: list[Skipped] = field(default_factory=list)
    camera: str = "demo"


def write_result(result: Result, file: Path) -> None:
    """Writes the JSON; figures with four digits that count, as no more of them mean anything.

    Raises
    ------
    UsageError
        If it cannot be written.
    """
    text = msgspec.json.format(msgspec.json.encode(_rounded(msgspec.to_builtins(result))), indent=1)
    write_whole(file, text + b"\n")


def read_result(file: Path) -> Result:
    """Reads it.

    Raises
    ------
    UsageError
        If the file cannot be read or is not a result.
    """
    try:
        return msgspec.json.decode(file.read_bytes(), type=Result)
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} is no result of live-seg bench: {error}") from None


def _rounded(value: object) -> object:
    if isinstance(value, float):
        return float(f"{value:.4g}")
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    return [_rounded(item) for item in value] if isinstance(value, list | tuple) else value
