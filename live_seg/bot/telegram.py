"""The connection to Telegram, or to a Bot API server of one's own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.client.telegram import PRODUCTION, TelegramAPIServer
from aiogram.exceptions import (
    AiogramError,
    ClientDecodeError,
    TelegramEntityTooLarge,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType

from live_seg.bot.token import Token

Sleep = Callable[[float], Awaitable[None]]

ALLOWED = ["message", "callback_query"]
"""Kinds of updates that are asked for."""

_TIMEOUT_S = 180.0
"""Of one call: 50 MB over a slow line."""

_PAUSES_S = (1.0, 3.0, 9.0)
"""Before each further try of a call that failed."""

_ENDLESS = ("getUpdates", "getMe", "deleteWebhook", "setWebhook")
"""These are asked for until there is an answer, by whoever needs it."""

_LONGEST_WAIT_S = 60
"""When Telegram asks for a longer pause, the call is given up: nobody waits so long for an answer."""


def open_bot(token: Token, api: str, sleep: Sleep = asyncio.sleep) -> Bot:
    """A bot that tries again what can be tried again.

    Parameters
    ----------
    token
        Of the bot.
    api
        Address of a Bot API server, "http://localhost:8081"; empty: Telegram's own.
    sleep
        For tests.
    """
    server = TelegramAPIServer.from_base(api) if api else PRODUCTION
    session = AiohttpSession(api=server, timeout=_TIMEOUT_S)
    session.middleware.register(Retry(sleep))
    usual = DefaultBotProperties(allow_sending_without_reply=True)  # what is replied to may be deleted by then
    return Bot(token.value, session=session, default=usual)


class Garbled(AiogramError):
    """Telegram's answer cannot be read. It is not kept: aiogram's own error shows it, with what people wrote.

    Parameters
    ----------
    method
        What was asked for.
    is_done
        Whether Telegram did it all the same.
    """

    def __init__(self, method: str, is_done: bool) -> None:
        super().__init__(f"Telegram's answer to {method} cannot be read")
        self.is_done = is_done


class Retry(BaseRequestMiddleware):
    """Waits as long as Telegram says, and a little after a failure of the line or the server; four tries in all.

    Asking for updates, and what goes before that, is left to those who ask: they never give up.
    """

    def __init__(self, sleep: Sleep = asyncio.sleep) -> None:
        self._sleep = sleep

    async def __call__(
        self, make_request: NextRequestMiddlewareType[TelegramType], bot: Bot, method: TelegramMethod[TelegramType]
    ) -> Response[TelegramType]:
        """See aiogram's `BaseRequestMiddleware`."""
        if method.__api_method__ in _ENDLESS:
            return await _asked(make_request, bot, method)
        for pause_s in _PAUSES_S:
            try:
                return await _once(make_request, bot, method)
            except TelegramRetryAfter as error:
                if error.retry_after > _LONGEST_WAIT_S:
                    raise
                await self._sleep(error.retry_after)
            except TelegramEntityTooLarge:
                raise
            except Garbled as error:
                if error.is_done:  # asked once more, it would be done twice
                    raise
                await self._sleep(pause_s)
            except (TelegramServerError, TelegramNetworkError):
                await self._sleep(pause_s)
        return await _once(make_request, bot, method)


async def _once(
    make_request: NextRequestMiddlewareType[TelegramType], bot: Bot, method: TelegramMethod[TelegramType]
) -> Response[TelegramType]:
    try:
        return await _asked(make_request, bot, method)
    except ClientDecodeError as error:
        is_done = isinstance(error.data, dict) and error.data.get("ok") is True
        raise Garbled(method.__api_method__, is_done) from None


async def _asked(
    make_request: NextRequestMiddlewareType[TelegramType], bot: Bot, method: TelegramMethod[TelegramType]
) -> Response[TelegramType]:
    try:
        return await make_request(bot, method)
    except UnicodeDecodeError as error:  # the page of a gateway, in another encoding than it says
        raise ClientDecodeError("the answer is no text", error, None) from None
