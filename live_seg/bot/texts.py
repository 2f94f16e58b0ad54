"""What the bot says, in the user's language: one file a language in the folder beside this one."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

import msgspec

FALLBACK = "en"


class Texts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All texts of one language; a file that lacks one, or has another, is refused.

    Names in braces are filled in by `str.format`.
    """

    # buttons
    transparent: str
    colour: str
    blur: str
    own: str
    person: str
    pets: str
    back: str
    # commands, as Telegram lists them
    about_start: str
    about_help: str
    # answers
    start: str
    help: str
    send_background: str
    background_is_taken: str
    background_is_colour: str
    own_again: str
    position: str
    restarting: str
    away: str
    # what does not work
    no_picture: str
    moving: str
    file_too_large: str
    too_many_pixels: str
    unreadable: str
    background_unreadable: str
    nothing_found: str
    result_too_large: str
    download_failed: str
    queue_full: str
    own_queue_full: str
    forgotten: str
    failed: str


@cache
def languages() -> list[str]:
    """Codes of the languages that there are files for."""
    folder = files("live_seg.bot") / "texts"
    return sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml"))


@cache
def read_texts(language: str) -> Texts:
    """The texts of one of `languages()`."""
    content = (files("live_seg.bot") / "texts" / f"{language}.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(content), Texts)


def texts_for(code: str | None) -> Texts:
    """The texts for a language code of Telegram's ("ru", "pt-br"); English where there are none."""
    language = (code or "").partition("-")[0].lower()
    return read_texts(language if language in languages() else FALLBACK)
