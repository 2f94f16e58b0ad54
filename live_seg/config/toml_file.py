"""The configuration as a TOML file: read with the line of what is wrong, written with a comment a key."""

from __future__ import annotations

import os
import re
import sys
import textwrap
import tomllib
from pathlib import Path
from typing import Any

import msgspec

from live_seg.config.build import Values, build, keys, values_of
from live_seg.config.tree import Config
from live_seg.errors import UsageError


def home() -> Path:
    """The user's own folder; `/` for a user who has none, as in a container or a service."""
    try:
        return Path.home()
    except RuntimeError:
        return Path("/")


def user_file() -> Path:
    """The user's own file, which may not exist: XDG on Linux, the usual place elsewhere."""
    if sys.platform == "win32":
        base = Path(os.environ.get("APPDATA", home() / "AppData" / "Roaming"))
    elif sys.platform == "darwin":
        base = home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_CONFIG_HOME") or home() / ".config")
    return base / "live-seg" / "live.toml"


def has_user_file() -> bool:
    """False also where its folder is closed to this user: then HOME is somebody else's, as `sudo -u` may leave it."""
    try:
        return user_file().exists()
    except PermissionError:
        return False


def read_values(file: Path, tree: type[Any] = Config) -> Values:
    """Values of a TOML file, checked against the keys of a tree.

    Raises
    ------
    UsageError
        Names the file and the line of what is wrong.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise UsageError(f"there is no configuration file {file}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read the configuration file {file}: {_reason(error)}") from None
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        where = f"{file}, line {line[1]}" if line else str(file)
        raise UsageError(f"{where}: {re.sub(r' ?[(]at line.*[)]', '', str(error))}") from None
    except (ValueError, RecursionError):  # a number of thousands of digits, or as many brackets
        raise UsageError(f"{file}: a number is too long, or brackets are too deep") from None
    try:
        build(values, tree)
    except UsageError as error:
        raise UsageError(f"{file}{_line_of(error.what, text)}: {error.what}", error.cure) from None
    return values


_LIVE = "# live-seg: every key. A saved change is taken over while the app runs; a bad one is refused."


def render(config: Any, header: str = _LIVE) -> str:
    """The tree as TOML with every key, its description and its range as comments, below a line of `header`."""
    lines = [header, ""]
    values = values_of(config)
    for part, content in values.items():
        about = type(getattr(config, part)).__doc__ or ""
        lines += [f"# {about.strip()}", f"[{part}]"]
        for key, value in content.items():
            about = keys(type(config))[f"{part}.{key}"].about
            lines += textwrap.wrap(about, 110, initial_indent="# ", subsequent_indent="# ")
            lines += [f"{key} = {_toml(value)}"]
        lines.append("")
    return "\n".join(lines)


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_toml(key)} = {_toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    text = msgspec.json.encode(value).decode()  # strings, numbers and booleans are written alike in TOML and JSON,
    return text.replace("\x7f", "\\u007f")  # but for this one


def _line_of(what: str, text: str) -> str:
    """`, line N` of the key that a message of `build` names, as far as it can be found."""
    name = re.search(r"'([\w.]+)'|^([\w.]+):", what)
    if not name:
        return ""
    part, _, key = map(re.escape, (name[1] or name[2]).partition("."))
    here = ""
    for number, line in enumerate(text.splitlines(), 1):
        header = re.match(r"\s*\[\s*([\w-]+)\s*[].]", line)
        here = header[1] if header else here
        inside = key and here == part and re.match(rf"\s*{key}\s*[.=]", line)
        above = not here and re.match(rf"\s*{part}\s*(=|\.\s*{key}\s*=)", line)  # part = {...}, part.key = ...
        if inside or above or (header and not key and here == part):
            return f", line {number}"
    return ""


def _reason(error: Exception) -> str:
    return error.strerror or str(error) if isinstance(error, OSError) else "it is not UTF-8 text"
