"""`live-seg bot` as a process: it answers with the real photo code, ends on SIGTERM, and never shows the token."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from importlib.resources import files

import cv2
import numpy as np
import pytest
from bot_api import BotApi
from bot_messages import TOKEN
from bot_people import Person
from running import scenario

from live_seg.cli.main import main

PORTRAIT = (files("live_seg") / "assets" / "astronaut.webp").read_bytes()


@pytest.mark.skipif(sys.platform == "win32", reason="SIGTERM ends a process of Windows at once")
@scenario
async def test_a_photo_is_cut_out_and_the_token_is_never_shown_whatever_fails() -> None:
    async with BotApi() as api:
        api.fail("getMe", 500)
        api.fail("setMyCommands", 404, f"no /bot{TOKEN}/setMyCommands here")
        api.answer("getUpdates", f"<html>http://proxy/bot{TOKEN}/getUpdates</html>")
        api.answer("file", "gone", 404)
        words = ["-m", "live_seg", "bot", "--api", api.url, "--engine", "fixed", "--debug"]
        environment = os.environ | {"LIVE_SEG_BOT_TOKEN": TOKEN}
        pipe = asyncio.subprocess.PIPE
        bot = await asyncio.create_subprocess_exec(sys.executable, *words, stdout=pipe, stderr=pipe, env=environment)
        try:
            ann = Person(api, clock=time.time)
            await ann.sends_photo(b"gone")
            await api.until(ann.chat.texts, 90)
            await ann.sends(document=ann.document(PORTRAIT, "eileen.webp"))
            await api.until(ann.chat.documents)
            bot.send_signal(signal.SIGTERM)
            out, err = await bot.communicate()
        finally:
            if bot.returncode is None:
                bot.kill()
    cutout = cv2.imdecode(np.frombuffer(ann.chat.documents()[0]["file"], np.uint8), cv2.IMREAD_UNCHANGED)
    assert cutout is not None
    assert cutout.shape == (512, 512, 4)
    assert (cutout[0, 0, 3], cutout[256, 256, 3]) == (0, 255)
    assert ann.chat.documents()[0]["document"]["file_name"] == "eileen-cutout.png"
    written = (out + err).decode()
    assert bot.returncode == 0, written
    assert "@cutter_bot is ready" in written
    assert "a picture could not be fetched: 404" in written
    assert "1 pictures answered" in written
    assert TOKEN.partition(":")[2] not in written
    assert "Traceback" not in written


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("--threads -1", "--threads takes a number from 0"),
        ("--api localhost:8081", "--api localhost:8081 is no address"),
        ("--webhook https://", "--webhook https:// is no address"),
        ("--webhook http://example.org/", "Telegram calls https addresses only"),
        ("--listen 0.0.0.0:80", "--listen does nothing without --webhook"),
        ("--webhook https://example.org/ --listen 80", "--listen 80 is no place to listen"),
        ("--webhook https://example.org/ --listen localhost:99999", "is no place to listen"),
    ],
)
def test_a_wrong_option_is_explained(
    words: str, message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LIVE_SEG_BOT_TOKEN", TOKEN)
    assert main(["bot", *words.split()]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


def test_without_a_token_it_says_where_to_get_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("LIVE_SEG_BOT_TOKEN", raising=False)
    assert main(["bot"]) == 2
    assert "Get a token from @BotFather, then: export LIVE_SEG_BOT_TOKEN=" in capsys.readouterr().err


def test_an_engine_that_does_not_run_is_said_at_the_start(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LIVE_SEG_BOT_TOKEN", TOKEN)
    assert main(["bot", "--engine", "no such engine"]) == 2
    assert "no engine is called 'no such engine'" in capsys.readouterr().err


def test_without_aiogram_it_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name in sys.modules if name.startswith("live_seg.bot")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "aiogram", None)
    assert main(["bot"]) == 2
    assert capsys.readouterr().err == 'live-seg: aiogram is missing. Install it: pip install "live-seg[bot]"\n'
