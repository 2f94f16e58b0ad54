"""The bot from its start to its end: the network, the queue, the workers, and Telegram."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

from aiogram import Bot, Dispatcher
from aiogram.exceptions import AiogramError
from aiogram.types import BotCommand, Update, User

from live_seg.bot.albums import QUIET_S
from live_seg.bot.choices import CHATS, Recent
from live_seg.bot.conversation import Conversation
from live_seg.bot.fair_queue import FairQueue
from live_seg.bot.job import Job
from live_seg.bot.polling import Feed, hello, poll
from live_seg.bot.tasks import Tasks
from live_seg.bot.telegram import Sleep, open_bot
from live_seg.bot.texts import FALLBACK, languages, read_texts
from live_seg.bot.token import Token
from live_seg.bot.webhook import listen
from live_seg.bot.worker import WORKERS, Answers, Cutting, Worker
from live_seg.frame import Clock

log = logging.getLogger("live_seg")

T = TypeVar("T")

MOST, MOST_EACH = 200, 30
"""Pictures that may wait, in all and of one user: 3 albums. Those that wait are ids of a few bytes."""

_PATIENCE_S = 8.0
"""What the end may take in all: container engines kill after ten seconds."""


@dataclass(frozen=True, slots=True)
class Options:
    """How the bot runs.

    Attributes
    ----------
    api
        Address of a Bot API server; empty: Telegram's own.
    webhook
        Public address at which Telegram reaches this bot; empty: long polling.
    host, port
        Where the webhook listens.
    """

    api: str = ""
    webhook: str = ""
    host: str = "127.0.0.1"
    port: int = 8443


async def serve(
    token: Token,
    options: Options,
    desk: Cutting,
    stop: asyncio.Event,
    sleep: Sleep = asyncio.sleep,
    clock: Clock = time.time,
    quiet_s: float = QUIET_S,
) -> int:
    """Runs until `stop` is set; ends what is begun, and tells those who wait.

    Parameters
    ----------
    token, options, desk
        Who it is, how it runs, and who cuts out.
    stop
        Set from outside.
    sleep, clock, quiet_s
        For tests: how it waits after failures, seconds since 1970, and see `Albums`.

    Returns
    -------
    int
        Pictures that were answered.

    Raises
    ------
    UsageError
        If there is no bot with this token, or the webhook cannot listen or is not taken.
    """
    async with open_bot(token, options.api, sleep) as bot:
        user = await _unless(stop, _introduced(bot, sleep))
        if user is None:
            return 0
        log.info("@%s is ready", user.username)
        queue: FairQueue[Job] = FairQueue(MOST, MOST_EACH)
        answers: Answers = Recent(CHATS, tuple)
        tasks = Tasks()
        worker = Worker(bot, queue, desk, answers)
        conversation = Conversation(bot, queue, desk, answers, tasks, clock, quiet_s)
        dispatcher = Dispatcher(disable_fsm=True)
        dispatcher.include_router(conversation.router())

        async def feed(update: Update) -> None:
            event = update.message or update.callback_query
            if event and event.from_user:
                await tasks.start_in_turn(event.from_user.id, lambda: dispatcher.feed_update(bot, update))

        working = [asyncio.create_task(worker.run()) for _ in range(WORKERS)]
        try:
            await _unless(stop, _updates(bot, feed, options, sleep))
        finally:
            until_s = asyncio.get_running_loop().time() + _PATIENCE_S
            conversation.close()
            waiting = [_say_restarting(bot, job) for job in queue.empty()]
            for apology in waiting:
                tasks.start(apology)
            await queue.idle(_PATIENCE_S)
            await tasks.finish(max(0.0, until_s - asyncio.get_running_loop().time()))
            await _cancel(*working)
        return worker.done


async def _introduced(bot: Bot, sleep: Sleep) -> User:
    """The bot's name; tells Telegram its commands."""
    user = await hello(bot, sleep)
    for language in languages():
        texts = read_texts(language)
        commands = [
            BotCommand(command="start", description=texts.about_start),
            BotCommand(command="help", description=texts.about_help),
        ]
        try:
            await bot.set_my_commands(commands, language_code=None if language == FALLBACK else language)
        except AiogramError as error:
            log.warning("the list of commands was not set: %s", error)
    return user


async def _updates(bot: Bot, feed: Feed, options: Options, sleep: Sleep) -> None:
    if options.webhook:
        await listen(bot, feed, options.webhook, options.host, options.port, sleep)
    else:
        await poll(bot, feed, sleep)


async def _unless(stop: asyncio.Event, work: Coroutine[Any, Any, T]) -> T | None:
    """What the work gives; None if it was stopped before."""
    working, stopped = asyncio.create_task(work), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait((working, stopped), return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else None
    finally:
        await _cancel(working, stopped)


async def _cancel(*tasks: asyncio.Task[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _say_restarting(bot: Bot, job: Job) -> None:
    await bot.send_message(job.chat, job.texts.restarting)
