"""The buttons under a result, and what a press of one says."""

from __future__ import annotations

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from live_seg.bot.choices import BLUR, OWN, TRANSPARENT, Choice
from live_seg.bot.texts import Texts

COLOURS = {
    "⬜": "#ffffff",
    "⬛": "#000000",
    "🟥": "#d32f2f",
    "🟧": "#f57c00",
    "🟨": "#fbc02d",
    "🟩": "#00b140",
    "🟦": "#1976d2",
    "🟪": "#7b1fa2",
    "🟫": "#5d4037",
}
"""The palette; any other colour can be written."""

_IN_A_ROW = 5


class Press(CallbackData, prefix="cut"):
    """What a button sends back.

    Attributes
    ----------
    key
        "background", "model" or "palette".
    value
        The background or model; for the palette "open" or "close".
    """

    key: str
    value: str


def buttons(choice: Choice, texts: Texts, models: tuple[str, ...]) -> InlineKeyboardMarkup:
    """The main buttons, what is chosen marked; models only where there is a choice."""
    is_colour = choice.background.startswith("#")
    colour = _button(_marked(texts.colour, is_colour), "palette", "open")
    rows = [
        [_background(texts.transparent, TRANSPARENT, choice), colour],
        [_background(texts.blur, BLUR, choice), _background(texts.own, OWN, choice)],
    ]
    if len(models) > 1:
        names = {"person": texts.person, "pets": texts.pets}
        rows.append([_button(_marked(names.get(name, name), name == choice.model), "model", name) for name in models])
    return InlineKeyboardMarkup(inline_keyboard=rows)


def palette(choice: Choice, texts: Texts) -> InlineKeyboardMarkup:
    """The colours."""
    all_colours = [_background(sign, colour, choice) for sign, colour in COLOURS.items()]
    rows = [all_colours[start : start + _IN_A_ROW] for start in range(0, len(all_colours), _IN_A_ROW)]
    return InlineKeyboardMarkup(inline_keyboard=[*rows, [_button(texts.back, "palette", "close")]])


def _background(text: str, value: str, choice: Choice) -> InlineKeyboardButton:
    return _button(_marked(text, value == choice.background), "background", value)


def _button(text: str, key: str, value: str) -> InlineKeyboardButton:
    return InlineKeyboardButton(text=text, callback_data=Press(key=key, value=value).pack())


def _marked(text: str, chosen: bool) -> str:
    return f"✓ {text}" if chosen else text
