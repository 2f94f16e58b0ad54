"""What keys, pages and files can tell the running app: each a change of the configuration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from live_seg.config.build import changed, values_of
from live_seg.config.tree import Config

Command = Callable[[Config], Config | None]
"""From the configuration to the changed one; None ends the app. May raise UsageError: then nothing changes."""


def setting(name: str, value: Any) -> Command:
    """Sets the key `name` ("part.key")."""
    return lambda config: changed(config, name, value)


def toggle(name: str) -> Command:
    """Turns a boolean key round."""

    def command(config: Config) -> Config:
        part, key = name.split(".")
        return changed(config, name, not values_of(config)[part][key])

    return command


def following(name: str, choices: Sequence[str]) -> Command:
    """Sets a key to the one of `choices` after its present value, the first after the last."""

    def command(config: Config) -> Config:
        part, key = name.split(".")
        now = values_of(config)[part][key]
        place = choices.index(now) + 1 if now in choices else 0
        return changed(config, name, choices[place % len(choices)])

    return command


def end(config: Config) -> None:
    """Ends the app."""
