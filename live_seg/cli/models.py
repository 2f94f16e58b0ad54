"""live-seg models: the networks that are here, whether their files are whole, and how good they are."""

from __future__ import annotations

import argparse
import json
from typing import Any

from live_seg.errors import one_line
from live_seg.models import Model


def add(subparsers: Any) -> None:
    """Adds the subcommand."""
    parser = subparsers.add_parser("models", help="list the networks", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the rows as JSON, for programs")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Prints the rows; 1 if a file is missing or changed."""
    from live_seg.models import models

    rows = [(row, file_state(row)) for row in models()]
    if arguments.json:
        print(json.dumps([_plain(row, state) for row, state in rows], indent=2))
    else:
        _print(rows)
    return 0 if all(state == "ok" for _, state in rows) else 1


def file_state(row: Model) -> str:
    """ "ok", "missing" or "changed": what the row's size and checksum say of its file."""
    from live_seg.models.store import checksum

    if not row.file.is_file():
        return "missing"
    whole = row.file.stat().st_size == row.bytes and checksum(row.file) == row.sha256
    return "ok" if whole else "changed"


def _plain(row: Model, state: str) -> dict[str, Any]:
    import msgspec

    plain: dict[str, Any] = msgspec.to_builtins(row, enc_hook=str)
    return plain | {"state": state}


def _print(rows: list[tuple[Model, str]]) -> None:
    from rich.table import Table
    from rich.text import Text

    from live_seg.cli.console import Console

    table = Table(box=None, pad_edge=False)
    for heading in ("name", "file", "MB", "precision", "16:9 input", "IoU", "MAD"):
        table.add_column(
            heading, no_wrap=heading == "name", justify="right" if heading in {"MB", "IoU", "MAD"} else "left"
        )
    for row, state in rows:
        measured = [f"{row.quality[0].iou:.3f}", f"{row.quality[0].mad:.3f}"] if row.quality else ["", ""]
        table.add_row(one_line(row.name), state, f"{row.bytes / 1e6:.1f}", row.precision, _wide(row), *measured)
    console = Console(highlight=False, markup=False)  # what people write of a model may have brackets in it
    console.print(table)
    for row, _ in rows:
        console.print(Text.assemble("\n", (one_line(row.name), "bold"), f": {one_line(row.description)}"))
        console.print(f"  trained on: {one_line(row.training_data)}\n  terms: {one_line(row.terms)}")
        for quality in row.quality:
            console.print(one_line(f"  measured {quality.date} on {quality.data}: {quality.command}"))


def _wide(row: Model) -> str:
    from live_seg.frame import Size

    return str(row.input_size(Size(1280, 720)))
