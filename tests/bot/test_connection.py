"""Telegram is slow, broken or gone: the bot waits as it is told, comes back, and loses nothing."""

from __future__ import annotations

import asyncio
import json
import logging
from importlib import import_module

import pytest
from bot_api import BotApi
from bot_people import Person
from running import FakeDesk, Pauses, a_bot, scenario

from live_seg.bot import Options, Token, serve
from live_seg.bot.tasks import Tasks
from live_seg.bot.texts import read_texts
from live_seg.errors import UsageError

EN = read_texts("en")


@pytest.fixture(autouse=True)
def heard_log(caplog: pytest.LogCaptureFixture) -> None:
    """Makes the package's log visible to `caplog`."""
    logging.getLogger("live_seg").propagate = True
    caplog.set_level(logging.INFO, "live_seg")


@pytest.mark.parametrize(
    ("status", "body", "pauses_s"),
    [
        (429, '{"ok": false, "error_code": 429, "description": "x", "parameters": {"retry_after": 17}}', [17, 17]),
        (500, '{"ok": false, "error_code": 500, "description": "Internal Server Error"}', [1, 3]),
        (502, "<html>Bad Gateway</html>", [1, 3]),
        (502, "<html>Нет связи</html>".encode("cp1251"), [1, 3]),
    ],
    ids=["asked to wait", "server error", "a gateway's page", "a page in another encoding"],
)
def test_an_answer_that_fails_is_sent_again(status: int, body: str | bytes, pauses_s: list[float]) -> None:
    @scenario
    async def run() -> None:
        pauses = Pauses()
        async with BotApi() as api, a_bot(api, pauses=pauses):
            api.answer("sendDocument", body, status, times=2)
            ann = Person(api)
            await ann.has_cut_out(b"ann")
        assert pauses.seconds == pauses_s
        assert len(api.named("sendDocument")) == 3

    run()


def test_what_telegram_did_is_not_done_twice_nor_what_it_said_logged(caplog: pytest.LogCaptureFixture) -> None:
    @scenario
    async def run() -> None:
        async with BotApi() as api, a_bot(api, pauses=Pauses()):
            told = {"message_id": "no number", "text": "private words"}
            api.answer("sendDocument", json.dumps({"ok": True, "result": told}))
            ann = Person(api)
            await ann.sends_photo(b"ann")
            await api.until(lambda: api.named("sendDocument"))
            await ann.has_cut_out(b"bob")
        assert len(api.named("sendDocument")) == 2

    run()
    assert "Telegram's answer to sendDocument cannot be read" in caplog.text
    assert "private words" not in caplog.text


@scenario
async def test_an_answer_that_keeps_failing_is_given_up_and_the_next_is_sent() -> None:
    async with BotApi() as api, a_bot(api):
        api.fail("sendDocument", 500, times=4)
        ann = Person(api)
        await ann.sends_photo(b"ann")
        await api.until(lambda: len(api.named("sendDocument")) == 4)
        await ann.has_cut_out(b"bob")
    assert ann.chat.documents()[0]["file"].startswith(b"bob")


@scenario
async def test_a_pause_of_an_hour_is_not_waited_for() -> None:
    pauses = Pauses()
    async with BotApi() as api, a_bot(api, pauses=pauses):
        api.fail("sendDocument", 429, retry_after=3600)
        ann = Person(api)
        await ann.sends_photo(b"ann")
        await api.until(lambda: api.named("sendDocument"))
    assert pauses.seconds == []


def test_asking_for_updates_never_ends_and_pauses_grow(caplog: pytest.LogCaptureFixture) -> None:
    @scenario
    async def run() -> None:
        pauses = Pauses()
        async with BotApi() as api:
            api.answer("getUpdates", "что?".encode("cp1251"), times=9)
            async with a_bot(api, pauses=pauses):
                ann = Person(api)
                await ann.has_cut_out(b"ann")
        assert len(pauses.seconds) == 9
        assert pauses.seconds[1:5] == pytest.approx([2, 4, 8, 16], rel=0.5)
        assert max(pauses.seconds) == pytest.approx(60, rel=0.1)

    run()
    assert caplog.text.count("Trying again") == 1
    assert caplog.text.count("answers again") == 1


@scenario
async def test_polling_waits_as_long_as_it_is_asked_to() -> None:
    pauses = Pauses()
    async with BotApi() as api:
        api.fail("getUpdates", 429, retry_after=40)
        async with a_bot(api, pauses=pauses):
            ann = Person(api)
            await ann.has_cut_out(b"ann")
    assert pauses.seconds == [40]


def test_another_program_with_the_same_token_is_named(caplog: pytest.LogCaptureFixture) -> None:
    @scenario
    async def run() -> None:
        async with BotApi() as api:
            api.fail("getUpdates", 409, "Conflict: terminated by other getUpdates request", times=3)
            async with a_bot(api):
                await api.until(lambda: len(api.named("getUpdates")) > 3)

    run()
    assert "another program uses this bot (Conflict: terminated by other getUpdates request)" in caplog.text


@scenario
async def test_the_bot_comes_back_after_the_network_was_gone() -> None:
    async with BotApi() as api, a_bot(api, pauses=Pauses()):
        ann = Person(api)
        await ann.has_cut_out(b"ann")
        await api.stop()
        await api.start()
        await ann.sends_photo(b"bob")
        await api.until(lambda: len(ann.chat.documents()) == 2)


@scenario
async def test_the_bot_starts_when_the_network_is_there() -> None:
    async with BotApi() as api:
        await api.stop()
        pauses = Pauses()
        async with a_bot(api, pauses=pauses):
            while len(pauses.seconds) < 2:
                await asyncio.sleep(0.01)
            await api.start()
            ann = Person(api)
            await ann.has_cut_out(b"ann")


def test_an_update_that_cannot_be_read_is_left_out(caplog: pytest.LogCaptureFixture) -> None:
    @scenario
    async def run() -> None:
        async with BotApi() as api:
            ann = Person(api)
            good = {"update_id": api.number(), **ann.message(photo=ann.photo(b"ann"))}
            bad = {"update_id": api.number(), "message": {"message_id": "x"}}
            api.answer("getUpdates", json.dumps({"ok": True, "result": [good, bad, "what?"]}))
            async with a_bot(api):
                await api.until(lambda: ann.chat.documents() and len(api.named("getUpdates")) > 1)
            asked = [int(call.fields.get("offset", 0)) for call in api.named("getUpdates")]
            assert asked[1] == bad["update_id"] + 1

    run()
    assert caplog.text.count("an update cannot be read") == 2


@pytest.mark.parametrize("status", [401, 404])
def test_a_wrong_token_ends_the_bot_with_what_to_do(status: int) -> None:
    @scenario
    async def run() -> None:
        async with BotApi() as api:
            api.fail("getMe", status, "Unauthorized")
            with pytest.raises(UsageError, match="no bot with this token"):
                await serve(Token("1:wrong"), Options(api.url), FakeDesk(), asyncio.Event())

    run()


@scenario
async def test_a_token_taken_back_while_it_runs_ends_the_bot() -> None:
    async with BotApi() as api:
        with pytest.raises(UsageError, match="no bot with this token"):
            async with a_bot(api) as running:
                await api.until(lambda: api.named("deleteWebhook"))
                api.fail("getUpdates", 401, "Unauthorized", times=2)
                await Person(api).says("/start")
                await asyncio.wait((running,))


@scenario
async def test_stopping_ends_what_is_begun_and_tells_those_who_wait() -> None:
    desk = FakeDesk()
    desk.waits = True
    async with BotApi() as api:
        people = [Person(api, number) for number in range(1, 5)]
        async with a_bot(api, desk) as running:
            for person in people:
                await person.sends_photo(b"picture")
            await desk.has_begun(2)
            await api.until(people[-1].chat.texts)
            asyncio.get_running_loop().call_later(0.2, desk.go_on)
        assert running.result() == 2
    assert [len(person.chat.documents()) for person in people] == [1, 1, 0, 0]
    assert [EN.restarting in person.chat.texts() for person in people] == [False, False, True, True]


def test_pictures_and_words_share_the_time_of_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    patience_s = []

    class Watched(Tasks):
        async def finish(self, patience: float) -> None:
            patience_s.append(patience)
            await super().finish(patience)

    module = import_module("live_seg.bot.serve")
    monkeypatch.setattr(module, "_PATIENCE_S", 0.2)
    monkeypatch.setattr(module, "Tasks", Watched)
    desk = FakeDesk()
    desk.waits = True

    @scenario
    async def run() -> None:
        async with BotApi() as api, a_bot(api, desk):
            await Person(api).sends_photo(b"a picture that is never done")
            await desk.has_begun(1)

    run()
    assert patience_s == [0]


@scenario
async def test_after_a_stop_nothing_is_sent_again() -> None:
    async with BotApi() as api:
        ann = Person(api)
        async with a_bot(api):
            await ann.has_cut_out(b"ann")
        assert api.unread == 0
