"""The configuration: its tree, its TOML form, and changes to it."""

from live_seg.config.build import Key, build, changed, default_values, keys, parse_value, values_of
from live_seg.config.toml_file import has_user_file, home, read_values, render, user_file
from live_seg.config.tree import Config

__all__ = [
    "Config",
    "Key",
    "build",
    "changed",
    "default_values",
    "has_user_file",
    "home",
    "keys",
    "parse_value",
    "read_values",
    "render",
    "user_file",
    "values_of",
]
