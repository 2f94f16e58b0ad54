"""Webhook: Telegram sends the updates to an address of ours, and shows that it is Telegram by a secret."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import SetWebhook
from aiogram.types import Update
from aiohttp import web
from pydantic import ValidationError
from yarl import URL

from live_seg.bot.polling import Feed, Patient
from live_seg.bot.telegram import ALLOWED, Sleep
from live_seg.errors import UsageError

log = logging.getLogger("live_seg")

Handler = Callable[[web.Request], Awaitable[web.Response]]

_HEADER = "X-Telegram-Bot-Api-Secret-Token"

_MOST_BYTES = 1_000_000
"""Of an update; they have a few thousand."""

_END_S = 2.0
"""So long a call that is still coming in may go on at the end; Telegram calls again."""


async def listen(bot: Bot, feed: Feed, url: str, host: str, port: int, sleep: Sleep = asyncio.sleep) -> None:
    """Feeds what comes in, until it is cancelled. The secret is made anew at each start and kept nowhere.

    Raises
    ------
    UsageError
        If it cannot listen there, or Telegram does not take the address.
    """
    secret = secrets.token_urlsafe(32)
    app = web.Application(client_max_size=_MOST_BYTES)
    app.router.add_post(URL(url).path or "/", _receiver(bot, feed, secret))
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=_END_S)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise UsageError(f"cannot listen on {host}:{port}: {error.strerror}", "Choose another --listen.") from None
        method = SetWebhook(url=url, secret_token=secret, allowed_updates=ALLOWED)
        try:
            await Patient(bot, sleep, final=(TelegramBadRequest,))(method)
        except TelegramBadRequest as error:
            raise UsageError(
                f"Telegram does not take --webhook {url} ({error.message})",
                "Give a public https address; ports may be 443, 80, 88, 8443.",
            ) from None
        log.info("listening on %s:%d for %s", host, port, url)
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()


def _receiver(bot: Bot, feed: Feed, secret: str) -> Handler:
    async def receive(request: web.Request) -> web.Response:
        given = request.headers.get(_HEADER, "")
        if not secrets.compare_digest(given.encode(errors="surrogateescape"), secret.encode()):
            return web.Response(status=401)
        try:
            update = Update.model_validate_json(await request.read(), context={"bot": bot})
        except ValidationError:
            log.warning("an update cannot be read, and is left out")
            return web.Response()  # all else than 200 has Telegram send it again and again
        await feed(update)
        return web.Response()

    return receive
