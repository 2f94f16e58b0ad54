"""Finds model files: the registry's rows, or any .onnx file; checks them."""

from __future__ import annotations

import hashlib
import os
import tomllib
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from live_seg.errors import EngineError, UsageError, unknown
from live_seg.models.model import Model


def weights_folder() -> Path:
    """The folder of the model files.

    1. the folder named by LIVE_SEG_WEIGHTS, and then no other;
    2. `weights/` of the checkout that this file lies in;
    3. the folder that was installed with the package.

    Raises
    ------
    EngineError
        If there is none.
    """
    package = Path(__file__).resolve().parent.parent
    named = os.environ.get("LIVE_SEG_WEIGHTS")
    places = [Path(named)] if named else [package.parent / "weights", package / "_weights"]
    for place in places:
        if (place / "registry.toml").is_file():
            return place
    looked = ", ".join(map(str, places))
    cure = "Let LIVE_SEG_WEIGHTS name a folder with a registry.toml." if named else "Install live-seg again."
    raise EngineError(f"the model files are missing (looked in {looked})", cure)


def read_rows(folder: Path) -> tuple[Model, ...]:
    """All rows of a folder's registry.toml.

    Raises
    ------
    EngineError
        If it is missing, or is not a registry.
    """
    try:
        content = tomllib.loads((folder / "registry.toml").read_text(encoding="utf-8"))
        tables = msgspec.convert(content.get("model", []), list[dict[str, Any]])
        rows = tuple(_row(table, folder) for table in tables)
        names = [row.name for row in rows]
        for name in names:
            if names.count(name) > 1:
                raise UsageError(f"two models are called {name!r}")
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError, UsageError) as error:
        what, cure = (error.what, error.cure) if isinstance(error, UsageError) else (str(error), "")
        cure = cure or "Mend it (docs/models.md has the keys), or install live-seg again."
        raise EngineError(f"{folder / 'registry.toml'}: {what}", cure) from None
    return rows


def _row(table: dict[str, Any], folder: Path) -> Model:
    keys = [field.name for field in fields(Model)]
    for key in table:
        if key not in keys:
            raise unknown("key of a model", key, keys)
    try:
        return msgspec.convert(table, Model, dec_hook=lambda kind, value: folder / value)
    except msgspec.ValidationError as error:
        raise UsageError(f"{table.get('name', 'a model without a name')}: {error}") from None


_rows = cache(read_rows)


def models() -> tuple[Model, ...]:
    """All rows of the registry, the best first within a precision."""
    return _rows(weights_folder())


def find_model(name: str, precision: str = "") -> Model:
    """The row of that name; for a family's name, or "auto", its best row; a plain row for the path of an .onnx file.

    Parameters
    ----------
    name
        As people write it.
    precision
        That of the engine that will run it, which a family is asked for first.

    Raises
    ------
    UsageError
        If there is neither such a row nor such a family nor such a file.
    """
    if name == "auto":
        return best_model(precision)
    rows = {row.name: row for row in models()}
    if name in rows:
        return rows[name]
    if name in families():
        return best_model(precision, name)
    file = Path(name).expanduser()
    if file.suffix.lower() == ".onnx":
        if not file.is_file():
            raise UsageError(f"there is no model file {file}")
        own = {row.file.resolve(): row for row in rows.values()}
        return own.get(file.resolve()) or Model(name=file.stem, file=file, precision="fp32")
    raise unknown("model", name, {*rows, *families()})


def families() -> list[str]:
    """What the models are for, as their names begin: person."""
    return list(dict.fromkeys(row.family for row in models()))


def best_model(precision: str, family: str = "person") -> Model:
    """First row of that precision in a family, or the family's first row.

    Raises
    ------
    EngineError
        If the registry has no row at all.
    """
    rows = [row for row in models() if row.family == family] or list(models())
    if not rows:
        raise EngineError(f"{weights_folder() / 'registry.toml'} has no model", "Export one into it.")
    return next((row for row in rows if row.precision == precision), rows[0])


def checksum(file: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def check(model: Model) -> None:
    """Compares a registry row with its file.

    Raises
    ------
    EngineError
        If the file is missing, cut short or changed.
    """
    if not model.file.is_file():
        raise EngineError(f"the model file {model.file} is missing", "Install live-seg again.")
    if model.bytes and model.file.stat().st_size != model.bytes:
        raise EngineError(f"the model file {model.file} is cut short", "Install live-seg again.")
    if model.sha256 and checksum(model.file) != model.sha256:
        raise EngineError(f"the model file {model.file} is not the one that was published", "Install live-seg again.")
