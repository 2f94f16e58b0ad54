"""Writes docs/reference.md from the code: options, commands, keys, effects, sources, engines and sinks.

python docs/write_reference.py
"""

from __future__ import annotations

import argparse
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from live_seg.cli import live
from live_seg.cli.main import commands, main
from live_seg.cli.parser import Parser
from live_seg.config import keys
from live_seg.effects import effects
from live_seg.engines import engines
from live_seg.registry import Registry
from live_seg.sinks import sinks
from live_seg.sources import sources

FILE = Path(__file__).with_name("reference.md")
REGISTRIES: tuple[Registry[Any], ...] = (effects, sources, engines, sinks)


def reference() -> str:
    """The whole page."""
    parts = [
        "# Reference\n\nWritten from the code by `python docs/write_reference.py`; a test keeps it up to date.",
        "## `live-seg`\n\n" + "\n".join(_options(_live_parser())),
        *(f"## `live-seg {name}`\n\n{_command(name)}" for name in commands()),
        "## Exit codes\n\n" + _exit_codes(),
        *(f"## {registry.kind.capitalize()}s\n\n" + "\n".join(_classes(registry)) for registry in REGISTRIES),
        "## Keys of the configuration\n\n[How they are set](configuration.md).\n\n" + "\n".join(_keys()),
    ]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def parsers() -> dict[str, argparse.ArgumentParser]:
    """The live app's parser as "", and those of the commands by their names, those of their own commands included."""
    found: dict[str, argparse.ArgumentParser] = {"": _live_parser()}
    for name in commands():
        _collect(name, _command_parser(name), found)
    return found


def _collect(name: str, parser: argparse.ArgumentParser, found: dict[str, argparse.ArgumentParser]) -> None:
    found[name] = parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            about = {choice.dest: choice.help for choice in action._choices_actions}
            for word, below in action.choices.items():
                below.description = below.description or about.get(word)
                _collect(f"{name} {word}", below, found)


def _live_parser() -> Parser:
    parser = Parser(prog="live-seg")
    live.add_options(parser)
    return parser


def _command_parser(name: str) -> argparse.ArgumentParser:
    subparsers = Parser(prog="live-seg").add_subparsers(parser_class=Parser)
    importlib.import_module(f"live_seg.cli.{name}").add(subparsers)
    parser: argparse.ArgumentParser = subparsers.choices[name]
    return parser


def _command(name: str) -> str:
    found: dict[str, argparse.ArgumentParser] = {}
    _collect(name, _command_parser(name), found)
    parts = []
    for full, parser in found.items():
        parts += [f"### `live-seg {full}`"] if full != name else []
        parts += [_sentence(parser.description or "")]
        rows = list(_options(parser))
        parts += ["\n".join(rows)] if len(rows) > 1 else []
    return "\n\n".join(part for part in parts if part)


def _options(parser: argparse.ArgumentParser) -> Iterator[str]:
    yield "| option | what it does |\n|---|---|"
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction | argparse._HelpAction):
            continue
        shown = action.option_strings[-1] if action.option_strings else ""
        if action.nargs != 0:
            metavar = action.metavar or (action.dest.upper() if shown else action.dest)
            value = " ".join(metavar) if isinstance(metavar, tuple) else str(metavar)
            shown = f"{shown} {f'[{value}]' if action.nargs in ('?', '*') else value}".strip()
        default = "" if action.default in (None, False, "", []) else str(action.default)
        about = (action.help or "").replace("%(default)s", default)
        yield _row(f"`{shown}`", about)


def _exit_codes() -> str:
    about = (inspect.getdoc(main) or "").split("\n\n")[1].replace("\n", " ")
    codes = [code.strip(" .") for code in about.split(", ")]
    return f"{', '.join(codes)}."


def _classes(registry: Registry[Any]) -> Iterator[str]:
    yield "| name | what it is |\n|---|---|"
    for name in registry.names():
        yield _row(f"`{name}`", _sentence(inspect.getdoc(registry.get(name)) or ""))


def _keys() -> Iterator[str]:
    yield "| key | default | what it says |\n|---|---|---|"
    for key in keys().values():
        default = str(key.default).lower() if isinstance(key.default, bool) else str(key.default)
        yield _row(f"`{key.name}`", f"`{default}`" if default else "", key.about)


def _sentence(text: str) -> str:
    """The first paragraph of a docstring, without the command's name before it, as a sentence."""
    first = text.strip().split("\n\n")[0].replace("\n", " ")
    if first.startswith("live-seg ") and ": " in first:
        first = first.split(": ", 1)[1]
    return f"{first[:1].upper()}{first[1:].rstrip('.')}." if first else ""


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    FILE.write_text(reference(), encoding="utf-8")
