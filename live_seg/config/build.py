"""From plain values (a TOML file, the command line) to a tree such as `Config`, and back; every key checked."""

from __future__ import annotations

import dataclasses
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints, overload

import msgspec

from live_seg.config.tree import Config
from live_seg.errors import UsageError, nearest

Tree = TypeVar("Tree")
"""A dataclass whose fields, the parts, are dataclasses of keys."""

Values = dict[str, dict[str, Any]]
"""part -> key -> value, as TOML holds them."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key of the configuration: `name` is "part.key"."""

    name: str
    type: Any
    default: Any
    description: str
    limits: str

    @property
    def about(self) -> str:
        """Its description, with the range or the choices."""
        choices = [repr(choice) for choice in get_args(self.type) if isinstance(choice, str)]
        allowed = self.limits or ", ".join(choices)
        return self.description + (f" ({allowed})" if allowed else "")


_keys: dict[type[Any], dict[str, Key]] = {}


def keys(tree: type[Any] = Config) -> dict[str, Key]:
    """Every key by its name, in the tree's order."""
    if tree not in _keys:
        _keys[tree] = _read_keys(tree)
    return _keys[tree]


def _read_keys(tree: type[Any]) -> dict[str, Key]:
    found = {}
    for part, part_class in get_type_hints(tree).items():
        hints = get_type_hints(part_class, include_extras=True)
        for item in dataclasses.fields(part_class):
            default = item.default
            if item.default_factory is not dataclasses.MISSING:
                default = item.default_factory()
            hint = hints[item.name]
            meta = get_args(hint)[1] if get_origin(hint) is Annotated else None
            name = f"{part}.{item.name}"
            kind, about = (get_args(hint)[0], meta.description or "") if meta else (hint, "")
            found[name] = Key(name, kind, default, about, _limits(meta))
    return found


def _limits(meta: msgspec.Meta | None) -> str:
    if meta is None or (meta.ge == 0 and meta.le is None):  # that a count is not negative needs no words
        return ""
    if meta.ge is not None and meta.le is not None:
        return f"{meta.ge} to {meta.le}"
    words = {"gt": "above", "ge": "at least", "lt": "below", "le": "at most"}
    found = [(word, getattr(meta, limit)) for limit, word in words.items()]
    return ", ".join(f"{word} {value}" for word, value in found if value is not None)


@overload
def build(values: Mapping[str, Any]) -> Config: ...
@overload
def build(values: Mapping[str, Any], tree: type[Tree]) -> Tree: ...
def build(values: Mapping[str, Any], tree: type[Any] = Config) -> Any:
    """Checks plain values and makes the tree; keys that are not given keep their defaults.

    Raises
    ------
    UsageError
        For an unknown key (names the nearest), a wrong type, or a value out of its range.
    """
    parts, known = get_type_hints(tree), keys(tree)
    for part, content in values.items():
        if part not in parts:
            raise _unknown_key(part, parts, tree)
        if not isinstance(content, Mapping):
            raise UsageError(
                f"{part!r} is a part of the configuration, not a key", f"Write [{part}] and keys below it."
            )
        for key in content:
            if f"{part}.{key}" not in known:
                raise _unknown_key(f"{part}.{key}", known, tree)
    try:
        return msgspec.convert(values, tree)
    except msgspec.ValidationError as error:
        found = re.fullmatch(r"(.*?)(?: - at `\$\.?(.*)`)?", str(error))
        what, where = (found[1], found[2] or "") if found else (str(error), "")
        key = known.get(where)
        what = re.sub(r"Expected `str` matching regex .*", "that is not how it is written", what)
        raise UsageError(
            f"{where}: {_lower(what).replace('`', '')}", f"{key.about[:1].upper()}{key.about[1:]}." if key else ""
        ) from None


def values_of(config: Any) -> Values:
    """The tree as plain values, every key in it."""
    values: Values = msgspec.to_builtins(config)
    return values


def default_values() -> Values:
    """The defaults as plain values."""
    return values_of(Config())


def parse_value(name: str, text: str, tree: type[Any] = Config) -> Any:
    """Value of key `name` as written on a command line: a string needs no quotes.

    Raises
    ------
    UsageError
        If there is no such key, or the text cannot be read as its type.
    """
    if name not in keys(tree):
        raise _unknown_key(name, keys(tree), tree)
    kind = keys(tree)[name].type
    if kind is str or isinstance(keys(tree)[name].default, str):
        return text
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        form = {bool: "Write true or false.", int: "Write a whole number.", float: "Write a number."}
        cure = form.get(kind, "Write it as in a TOML file.")
        raise UsageError(f"{name}={text} cannot be read", cure) from None


def changed(config: Tree, name: str, value: Any) -> Tree:
    """A copy of the tree with key `name` ("part.key") set and checked."""
    tree = type(config)
    if name not in keys(tree):
        raise _unknown_key(name, keys(tree), tree)
    part, key = name.split(".")
    values = values_of(config)
    values[part][key] = value
    return build(values, tree)


def _unknown_key(name: str, valid: Mapping[str, Any], tree: type[Any]) -> UsageError:
    near = nearest(name, valid)
    if not near:  # the right key in the wrong part, or without its part
        near = [key for key in keys(tree) if key.rsplit(".", 1)[-1] == name.rsplit(".", 1)[-1]]
    everything = (
        "live-seg --print-config shows every key." if tree is Config else f"There are: {', '.join(keys(tree))}."
    )
    cure = f"Did you mean {' or '.join(near)}?" if near else everything
    return UsageError(f"the configuration has no key {name!r}", cure)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
