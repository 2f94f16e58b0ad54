"""Long polling: asks for updates, one request after the other, and comes back from every failure but a wrong token."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import Bot
from aiogram.exceptions import (
    AiogramError,
    ClientDecodeError,
    TelegramAPIError,
    TelegramConflictError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.methods import DeleteWebhook, GetMe, GetUpdates, TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import Update, User
from aiogram.utils.backoff import Backoff, BackoffConfig
from pydantic import ValidationError

from live_seg.bot.telegram import ALLOWED, Sleep
from live_seg.bot.token import VARIABLE
from live_seg.errors import UsageError

log = logging.getLogger("live_seg")

Feed = Callable[[Update], Awaitable[None]]

_BACKOFF = BackoffConfig(min_delay=1.0, max_delay=60.0, factor=2.0, jitter=0.1)

_POLL_S = 25
"""How long Telegram holds a request when nothing is new."""


async def hello(bot: Bot, sleep: Sleep = asyncio.sleep) -> User:
    """The bot's own name; waits for the network.

    Raises
    ------
    UsageError
        If there is no bot with this token.
    """
    return await Patient(bot, sleep)(GetMe())


async def poll(bot: Bot, feed: Feed, sleep: Sleep = asyncio.sleep) -> None:
    """Feeds every update once, in order, until it is cancelled.

    Raises
    ------
    UsageError
        If there is no bot with this token any more.
    """
    ask = Patient(bot, sleep)
    await ask(DeleteWebhook())  # while there is one, nothing can be asked for
    offset: int | None = None
    try:
        while True:
            method = GetUpdates(offset=offset, timeout=_POLL_S, allowed_updates=ALLOWED)
            for update in await ask(method, _POLL_S + 10):
                offset = update.update_id + 1
                await feed(update)
    finally:
        if offset is not None:  # what was fed is not sent again to whoever asks next
            with contextlib.suppress(AiogramError):
                await bot(GetUpdates(offset=offset, limit=1, timeout=0), request_timeout=2)


class Patient:
    """Asks again, after longer and longer pauses, until there is an answer.

    Parameters
    ----------
    bot, sleep
        Who asks, and how it waits.
    final
        Errors that count as an answer.
    """

    def __init__(self, bot: Bot, sleep: Sleep, final: tuple[type[TelegramAPIError], ...] = ()) -> None:
        self._bot = bot
        self._sleep = sleep
        self._final = final
        self._backoff = Backoff(_BACKOFF)

    async def __call__(self, method: TelegramMethod[TelegramType], timeout_s: int | None = None) -> TelegramType:
        """The answer.

        Raises
        ------
        UsageError
            If there is no bot with this token.
        TelegramAPIError
            One of `final`.
        """
        while True:
            try:
                answer = await self._bot(method, request_timeout=timeout_s)
            except (TelegramUnauthorizedError, TelegramNotFound):
                raise UsageError("there is no bot with this token", f"Look {VARIABLE} up at @BotFather.") from None
            except self._final:
                raise
            except TelegramRetryAfter as error:
                await self._sleep(error.retry_after)
            except ClientDecodeError as error:
                if isinstance(method, GetUpdates) and _is_list_of_updates(error.data):
                    return _readable(error.data, self._bot)  # type: ignore[return-value]  # it is what was asked for
                await self._wait("Telegram's answer cannot be read")
            except TelegramConflictError as error:
                await self._wait(f"another program uses this bot ({error.message})")
            except TelegramAPIError as error:
                await self._wait(f"Telegram does not answer ({error.message})")
            else:
                if self._backoff.counter:
                    log.info("Telegram answers again")
                self._backoff.reset()
                return answer

    async def _wait(self, why: str) -> None:
        pause_s = next(self._backoff)
        if self._backoff.counter == 1:
            log.warning("%s. Trying again, after longer and longer pauses.", why)
        log.debug("next try in %.1f s: %s", pause_s, why)
        await self._sleep(pause_s)


def _is_list_of_updates(data: Any) -> bool:
    return isinstance(data, dict) and data.get("ok") is True and isinstance(data.get("result"), list)


def _readable(data: dict[str, Any], bot: Bot) -> list[Update]:
    """The updates of an answer one of which is broken: that one must not come again and again."""
    updates = []
    for content in data["result"]:
        try:
            updates.append(Update.model_validate(content, context={"bot": bot}))
        except ValidationError:
            log.warning("an update cannot be read, and is left out")
            if isinstance(content, dict) and isinstance(content.get("update_id"), int):
                updates.append(Update(update_id=content["update_id"]))
    return updates
