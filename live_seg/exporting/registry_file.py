"""Rows of models as registry.toml holds them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from live_seg.models import Model

REGISTRY = "registry.toml"

HEADER = """\
# The model files: a table each, the best first within a precision. Written by `live-seg export`;
# `live-seg models` shows it, docs/models.md explains it.
"""


def updated(rows: Iterable[Model], new: Iterable[Model]) -> list[Model]:
    """The rows, those of the same name replaced where they stand, others of the new ones behind."""
    replacing = {row.name: row for row in new}
    kept = [replacing.pop(row.name, row) for row in rows]
    return kept + list(replacing.values())


def rendered(rows: Iterable[Model]) -> bytes:
    """What registry.toml holds for the rows."""
    return (HEADER + "".join(map(_table, rows))).encode()


def _table(row: Model) -> str:
    lines = ["", "[[model]]"]
    for field in dataclasses.fields(row):
        if field.name != "quality":
            lines.append(f"{field.name} = {_value(getattr(row, field.name))}")
    for quality in row.quality:
        lines += ["", "[[model.quality]]"]
        lines += [f"{field.name} = {_value(getattr(quality, field.name))}" for field in dataclasses.fields(quality)]
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    if isinstance(value, Path):
        value = value.name
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    return msgspec.json.encode(value).decode()  # strings and numbers are written alike in TOML and JSON
