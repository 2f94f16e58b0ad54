"""The folder of a run: configuration, log, curves, weights, metrics."""

from __future__ import annotations

import csv
import io
import json
import pickle
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import torch

from live_seg.config import render
from live_seg.errors import UsageError
from live_seg.training.config import TrainConfig
from live_seg.writing import write_whole

CONFIG, LOG, STATE, WEIGHTS = "config.toml", "log.csv", "state.pt", "weights.pt"
_COLUMNS = ("step", "loss", "learning_rate", "pictures_per_s", "val_iou", "val_boundary_iou", "val_mad")
_HEADER = "# A training run of live-seg: `live-seg train` with this file starts the same one again."


def new_folder(parent: Path) -> Path:
    """Makes `parent`/expN, N one above the highest there is.

    Raises
    ------
    UsageError
        If it cannot be made.
    """
    try:
        parent.mkdir(parents=True, exist_ok=True)
        taken = [int(one.name[3:]) for one in parent.glob("exp*") if one.name[3:].isdecimal()]
        folder = parent / f"exp{max(taken, default=0) + 1}"
        folder.mkdir()
    except OSError as error:
        raise UsageError(f"{parent} cannot hold a run: {error.strerror}", "Set log.folder.") from None
    return folder


def write_config(folder: Path, config: TrainConfig) -> None:
    """Writes every key of the configuration."""
    write_whole(folder / CONFIG, render(config, _HEADER).encode())


def save(content: Mapping[str, Any], file: Path) -> None:
    """Writes tensors so that a kill or a full disk leaves the old file or the new one, and nothing between.

    Raises
    ------
    UsageError
        If it cannot be written; then nothing is left of it.
    """
    packed = io.BytesIO()  # torch.save to a full disk raises an error of its own, from which the reason cannot be told
    torch.save(dict(content), packed)
    write_whole(file, packed.getbuffer())


def read_run(file: Path, device: torch.device, keys: Iterable[str]) -> dict[str, Any]:
    """What `save` wrote of a run.

    Raises
    ------
    UsageError
        If it is broken, or has not all of the keys.
    """
    why = "another version of live-seg wrote it"
    try:
        state: Any = torch.load(file, map_location=device, weights_only=True)
    except (OSError, RuntimeError, EOFError, ValueError, pickle.UnpicklingError) as error:
        state, why = {}, (str(error).splitlines() or [type(error).__name__])[0][:200]
    if not isinstance(state, dict) or not set(keys) <= set(state):
        raise UsageError(
            f"{file} is nothing to go on from: {why}",
            f"Start anew: live-seg train {file.parent / CONFIG} --set network.start={file.parent / WEIGHTS}",
        )
    return state


def append_row(folder: Path, row: Mapping[str, float]) -> None:
    """Adds a row to the log; the first one makes its header. Validation columns are empty between validations.

    Raises
    ------
    UsageError
        If it cannot be written.
    """
    file = folder / LOG
    try:
        is_new = not file.exists()
        with file.open("a", encoding="utf-8", newline="") as stream:
            stream.write(_rows_as_text([row], is_new))
    except OSError as error:
        raise UsageError(
            f"{file} cannot be written: {error.strerror}", "Make room; the run goes on with --resume."
        ) from None


def read_rows(folder: Path) -> list[dict[str, float]]:
    """Rows of the log, each with the columns that it has; one that a full disk cut short is left out."""
    file = folder / LOG
    if not file.exists():
        return []
    rows = []
    with file.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            with suppress(ValueError):
                if None not in row.values():
                    rows.append({name: float(text) for name, text in row.items() if text})
    return rows


def forget_after(folder: Path, step: int) -> None:
    """Drops the log's rows after a step: what was done between the last state and a kill is done again."""
    rows = [row for row in read_rows(folder) if row["step"] <= step]
    if rows:
        write_whole(folder / LOG, _rows_as_text(rows, with_header=True).encode())
    else:
        (folder / LOG).unlink(missing_ok=True)


def _rows_as_text(rows: Iterable[Mapping[str, float]], with_header: bool) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    if with_header:
        writer.writerow(_COLUMNS)
    writer.writerows([f"{row[name]:.6g}" if name in row else "" for name in _COLUMNS] for row in rows)
    return text.getvalue()


def write_metrics(folder: Path, metrics: Mapping[str, Any]) -> None:
    """Writes metrics.json."""
    write_whole(folder / "metrics.json", f"{json.dumps(metrics, indent=1)}\n".encode())
