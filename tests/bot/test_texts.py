"""Every language says everything."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import msgspec
import pytest

from live_seg.bot import texts as module
from live_seg.bot.texts import Texts, languages, read_texts, texts_for

SOURCES = "\n".join(file.read_text(encoding="utf-8") for file in Path(module.__file__).parent.glob("*.py"))
NAMES = [field.name for field in msgspec.structs.fields(Texts)]


@pytest.mark.parametrize("language", languages())
def test_a_language_has_every_text_and_fills_in_the_same_names_as_english(language: str) -> None:
    own, english = read_texts(language), read_texts("en")
    for name in NAMES:
        text = getattr(own, name)
        assert text.strip(), name
        assert fields(text) == fields(getattr(english, name)), name


def fields(text: str) -> set[str | None]:
    return {field for _, field, _, _ in Formatter().parse(text) if field is not None}


def test_russian_is_written_in_russian() -> None:
    for name in NAMES:
        assert re.search("[а-яА-Я]", getattr(read_texts("ru"), name)), name


@pytest.mark.parametrize("name", NAMES)
def test_no_text_is_left_that_nobody_says(name: str) -> None:
    assert re.search(rf"\b(texts|\))\.{name}\b", SOURCES)


def test_a_file_that_lacks_a_text_or_has_one_too_many_is_refused() -> None:
    whole = msgspec.structs.asdict(read_texts("en"))
    for wrong in ({key: whole[key] for key in NAMES[1:]}, whole | {"more": "text"}):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(wrong, Texts)


@pytest.mark.parametrize(
    ("code", "language"), [("ru", "ru"), ("RU-ru", "ru"), ("en-GB", "en"), ("pt-br", "en"), ("", "en"), (None, "en")]
)
def test_the_users_language_is_taken_where_there_is_one(code: str | None, language: str) -> None:
    assert texts_for(code) == read_texts(language)
