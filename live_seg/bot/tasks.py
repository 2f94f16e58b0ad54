"""What runs beside the rest: none is lost, none fails in silence, not too many at once."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any

from aiogram.exceptions import AiogramError, TelegramForbiddenError
from aiohttp import ClientError

log = logging.getLogger("live_seg")

MOST, MOST_EACH = 1000, 150
"""Updates that are worked on at the same time, in all and of one chat; up to a hundred come at once. Those of a chat
over its share are left out: only programs write so fast, and a bot may answer a chat once a second."""


class Tasks:
    """Starts coroutines, and says in the log how they failed."""

    def __init__(self, most: int = MOST, most_each: int = MOST_EACH) -> None:
        self._running: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(most)
        self._most_each = most_each
        self._counts: Counter[int] = Counter()
        self._last: dict[int, asyncio.Task[None]] = {}

    async def start_in_turn(self, chat: int, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Starts it after what was started for the same chat, and once there is room for it."""
        if self._counts[chat] >= self._most_each:
            log.debug("an update was left out: its chat has %d open", self._most_each)
            return
        await self._room.acquire()
        before = self._last.get(chat)

        async def after_it() -> None:
            if before is not None:
                await asyncio.wait((before,))
            await work()

        def leave(_: asyncio.Task[None]) -> None:
            self._room.release()
            self._counts[chat] -= 1
            if not self._counts[chat]:
                del self._counts[chat], self._last[chat]

        self._counts[chat] += 1
        self._last[chat] = self.start(after_it())
        self._last[chat].add_done_callback(leave)

    def start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Starts it."""
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._finished)
        return task

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        error = None if task.cancelled() else task.exception()
        if isinstance(error, TelegramForbiddenError):
            log.debug("somebody has blocked the bot")
        elif isinstance(error, AiogramError | ClientError | TimeoutError):
            log.warning("a message was not sent: %s", error)
        elif error is not None:
            log.error("an update was not answered; this is a defect", exc_info=error)

    async def finish(self, patience_s: float) -> None:
        """Waits for all, and cancels those that take longer."""
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=patience_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
