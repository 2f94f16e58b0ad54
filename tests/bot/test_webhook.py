"""Telegram calls: only who knows the secret is listened to."""

from __future__ import annotations

import asyncio
import logging
import socket

import pytest
from bot_api import BotApi
from bot_people import Person
from running import Pauses, a_bot, scenario

from live_seg.errors import UsageError


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@scenario
async def test_updates_come_in_and_are_answered() -> None:
    port = free_port()
    async with BotApi() as api, a_bot(api, webhook=(f"http://127.0.0.1:{port}/hook", port)):
        await api.until(lambda: api.webhook)
        ann = Person(api)
        await ann.has_cut_out(b"ann")
        assert api.webhook["url"].endswith("/hook")
        assert len(api.webhook["secret_token"]) > 30
    assert not api.named("getUpdates")


@scenario
async def test_who_does_not_know_the_secret_is_turned_away() -> None:
    port = free_port()
    async with BotApi() as api, a_bot(api, webhook=(f"http://127.0.0.1:{port}/", port)):
        await api.until(lambda: api.webhook)
        ann = Person(api)
        update = {"update_id": 1, **ann.message(photo=ann.photo(b"ann"))}
        secret = api.webhook["secret_token"]
        assert [await api.post(update, wrong) for wrong in ("", "wrong", secret[:-1])] == [401, 401, 401]
        assert await api.post("x" * 1_040_000, secret) == 413
        await ann.has_cut_out(b"bob")
    assert len(ann.chat.documents()) == 1


def test_an_update_that_cannot_be_read_is_taken_so_that_it_does_not_come_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    @scenario
    async def run() -> None:
        port = free_port()
        async with BotApi() as api, a_bot(api, webhook=(f"http://127.0.0.1:{port}/", port)):
            await api.until(lambda: api.webhook)
            secret = api.webhook["secret_token"]
            assert await api.post("{", secret) == 200
            assert await api.post({"update_id": 1, "message": {"message_id": "x"}}, secret) == 200
            await Person(api).has_cut_out(b"ann")

    logging.getLogger("live_seg").propagate = True
    run()
    assert caplog.text.count("an update cannot be read") == 2


@scenario
async def test_a_secret_that_is_no_text_is_a_wrong_one() -> None:
    port = free_port()
    async with BotApi() as api, a_bot(api, webhook=(f"http://127.0.0.1:{port}/", port)):
        await api.until(lambda: api.webhook)
        answer, call = await asyncio.open_connection("127.0.0.1", port)
        call.write(b"POST / HTTP/1.0\r\nX-Telegram-Bot-Api-Secret-Token: \xff\r\nContent-Length: 0\r\n\r\n")
        assert b" 401 " in await answer.readline()
        call.close()


@scenario
async def test_a_caller_who_never_ends_does_not_hold_up_the_end() -> None:
    port = free_port()
    async with BotApi() as api:
        async with a_bot(api, webhook=(f"http://127.0.0.1:{port}/", port)):
            await api.until(lambda: api.webhook)
            _, slow = await asyncio.open_connection("127.0.0.1", port)
            head = f"POST / HTTP/1.1\r\nHost: x\r\nX-Telegram-Bot-Api-Secret-Token: {api.webhook['secret_token']}\r\n"
            slow.write(f"{head}Content-Length: 100\r\n\r\n{{".encode())
            await slow.drain()
            await Person(api).has_cut_out(b"ann")
        slow.close()


@scenario
async def test_each_start_has_another_secret() -> None:
    port, seen = free_port(), set()
    async with BotApi() as api:
        for _ in range(2):
            api.webhook = {}
            async with a_bot(api, webhook=(f"http://127.0.0.1:{port}/", port)):
                await api.until(lambda: api.webhook)
                seen.add(api.webhook["secret_token"])
    assert len(seen) == 2


@scenario
async def test_a_place_that_is_taken_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        async with BotApi() as api:
            with pytest.raises(UsageError, match=f"cannot listen on 127.0.0.1:{port}"):
                async with a_bot(api, webhook=(f"http://127.0.0.1:{port}/", port)) as running:
                    await running


@scenario
async def test_an_address_that_telegram_does_not_take_is_named() -> None:
    async with BotApi() as api:
        api.fail("setWebhook", 400, "Bad Request: bad webhook: Failed to resolve host")
        with pytest.raises(UsageError, match=r"does not take --webhook http://nowhere/ .*Failed to resolve host"):
            async with a_bot(api, webhook=("http://nowhere/", free_port())) as running:
                await running


@scenario
async def test_the_webhook_is_told_as_soon_as_telegram_answers() -> None:
    port, pauses = free_port(), Pauses()
    async with BotApi() as api:
        api.fail("setWebhook", 502, "Bad Gateway", times=7)
        async with a_bot(api, pauses=pauses, webhook=(f"http://127.0.0.1:{port}/", port)):
            await api.until(lambda: api.webhook)
            await Person(api).has_cut_out(b"ann")
    assert len(pauses.seconds) == 7
