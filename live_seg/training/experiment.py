"""The folder of a run: configuration, log, curves, weights, metrics."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from live_seg.config import render
from live_seg.errors import UsageError
from live_seg.training.config import TrainConfig

CONFIG, LOG, STATE, WEIGHTS = "config.toml", "log.csv", "state.pt", "weights.pt"
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
    (folder / CONFIG).write_text(render(config, _HEADER), encoding="utf-8")


def save(content: Mapping[str, Any], file: Path) -> None:
    """Writes tensors so that a kill at any moment leaves the old file or the new one, and nothing between."""
    part = file.with_suffix(".part")
    with part.open("wb") as stream:
        torch.save(dict(content), stream)
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(file)


def append_row(folder: Path, row: Mapping[str, float]) -> None:
    """Adds a row to the log; the first one makes its header. Validation columns are empty between validations."""
    columns = ["step", "loss", "learning_rate", "pictures_per_s", "val_iou", "val_boundary_iou", "val_mad"]
    file = folder / LOG
    is_new = not file.exists()
    with file.open("a", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        if is_new:
            writer.writerow(columns)
        writer.writerow([f"{row[name]:.6g}" if name in row else "" for name in columns])


def read_rows(folder: Path) -> list[dict[str, float]]:
    """Rows of the log, each with the columns that it has."""
    file = folder / LOG
    if not file.exists():
        return []
    with file.open(encoding="utf-8", newline="") as stream:
        return [{name: float(text) for name, text in row.items() if text} for row in csv.DictReader(stream)]


def forget_after(folder: Path, step: int) -> None:
    """Drops the log's rows after a step: what was done between the last state and a kill is done again."""
    rows = [row for row in read_rows(folder) if row["step"] <= step]
    (folder / LOG).unlink(missing_ok=True)
    for row in rows:
        append_row(folder, row)


def write_metrics(folder: Path, metrics: Mapping[str, Any]) -> None:
    """Writes metrics.json."""
    (folder / "metrics.json").write_text(json.dumps(metrics, indent=1) + "\n", encoding="utf-8")
