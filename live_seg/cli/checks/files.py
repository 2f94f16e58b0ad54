"""The configuration file and the model files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from live_seg.cli.checks.check import Check, State
from live_seg.config import has_user_file, read_values, user_file
from live_seg.errors import EngineError, UsageError
from live_seg.models import Model, check, models


def check_configuration(file: Path | None = None) -> Iterator[Check]:
    """The user's own file, which need not be there."""
    place = file or user_file()
    if not (place.exists() if file else has_user_file()):
        yield Check("configuration", State.OK, f"the defaults; {place} would change them", needed=True)
        return
    try:
        read_values(place)
    except UsageError as error:
        yield Check("configuration", State.FAILED, error.what, error.cure or f"Mend or remove {place}.", needed=True)
    else:
        yield Check("configuration", State.OK, str(place), needed=True)


def check_models(rows: Callable[[], Sequence[Model]] = models) -> Iterator[Check]:
    """Every model file against its checksum."""
    try:
        listed = rows()
    except EngineError as error:
        yield Check("models", State.FAILED, error.what, error.cure, needed=True)
        return
    for row in listed:
        try:
            check(row)
        except EngineError as error:
            yield Check(f"model {row.name}", State.FAILED, error.what, error.cure, needed=True)
        else:
            text = f"{row.precision}, {row.bytes / 1e6:.1f} MB, checksum right"
            yield Check(f"model {row.name}", State.OK, text, needed=True)
    if not listed:
        yield Check("models", State.FAILED, "the registry of models is empty", "Install live-seg again.", needed=True)
