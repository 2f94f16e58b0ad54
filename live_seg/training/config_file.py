"""Reads a training's configuration: its file, then the keys set on the command line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from live_seg.config import build, parse_value, read_values
from live_seg.errors import UsageError
from live_seg.training.config import TrainConfig


def read_config(file: Path, settings: Sequence[str] = ()) -> TrainConfig:
    """The configuration of a TOML file with settings written as part.key=value.

    Raises
    ------
    UsageError
        If the file cannot be read, or a key or value is wrong: names the nearest.
    """
    values = {part: dict(content) for part, content in read_values(file, TrainConfig).items()}
    for setting in settings:
        name, found, text = setting.partition("=")
        if not found:
            raise UsageError(f"--set {setting} has no value", "Write --set train.steps=100, for instance.")
        value = parse_value(name, text, TrainConfig)
        part, key = name.split(".", 1)
        values.setdefault(part, {})[key] = value
    return build(values, TrainConfig)
