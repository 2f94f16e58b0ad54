"""The token is read from the environment and shown nowhere."""

from __future__ import annotations

import logging

import pytest

from live_seg.bot.token import Token, hidden_in_logs, read_token
from live_seg.errors import UsageError

SECRET = "AAF-abcdefghijklmnopqrstuvwxyz_0123"
VALUE = f"123456:{SECRET}"


@pytest.mark.parametrize("text", ["", "  ", "123456", "hello world", f"x:{SECRET}", f"1:{SECRET}/../"])
def test_what_is_no_token_is_refused_without_showing_it(text: str) -> None:
    with pytest.raises(UsageError) as error:
        read_token({"LIVE_SEG_BOT_TOKEN": text})
    assert "LIVE_SEG_BOT_TOKEN" in str(error.value)
    assert SECRET not in str(error.value)


def test_blanks_round_it_do_no_harm() -> None:
    assert read_token({"LIVE_SEG_BOT_TOKEN": f" {VALUE}\n"}).value == VALUE


@pytest.mark.parametrize("written", [VALUE, f"123456%3A{SECRET}", f"123456%3a{SECRET}", SECRET, SECRET.lower()])
def test_it_is_hidden_in_whichever_way_it_is_written(written: str) -> None:
    text = Token(VALUE).hide(f"http://host/bot{written}/getMe, http://host/file/bot{written}/a.jpg")
    assert text == "http://host/bot<token>/getMe, http://host/file/bot<token>/a.jpg"


def test_printing_it_shows_nothing() -> None:
    assert SECRET not in f"{Token(VALUE)} {Token(VALUE)!r} {[Token(VALUE)]}"


@pytest.mark.parametrize("name", ["live_seg", "aiogram.dispatcher", "asyncio", "anything"])
def test_no_log_line_or_traceback_shows_it(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    own = logging.StreamHandler()
    logging.getLogger("live_seg").addHandler(own)
    with hidden_in_logs(Token(VALUE)):
        try:
            raise ValueError(f"http://host/bot{VALUE}/getMe")
        except ValueError:
            logging.getLogger(name).exception("failed: %s", VALUE)
    written = capsys.readouterr().err
    assert "failed: <token>" in written
    assert "ValueError: http://host/bot<token>/getMe" in written
    assert SECRET not in written


def test_a_line_that_cannot_be_written_is_not_shown_either(capsys: pytest.CaptureFixture[str]) -> None:
    with hidden_in_logs(Token(VALUE)):
        logging.getLogger("aiogram").error("two arguments: %s %s", VALUE)  # noqa: PLE1206  # on purpose
    assert SECRET not in capsys.readouterr().err
