"""What runs beside the rest: none is lost, none fails in silence, not too many at once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from aiogram.exceptions import AiogramError, TelegramForbiddenError
from aiohttp import ClientError

log = logging.getLogger("live_seg")

MOST = 50
"""Updates that are answered at the same time; the next ones stay with Telegram meanwhile."""


class Tasks:
    """Starts coroutines, and says in the log how they failed."""

    def __init__(self, most: int = MOST) -> None:
        self._running: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(most)
        self._last: dict[int, asyncio.Task[None]] = {}

    async def start_in_turn(self, chat: int, work: Coroutine[Any, Any, None]) -> None:
        """Starts it after what was started for the same chat, and once fewer than `most` others run."""
        await self._room.acquire()
        before = self._last.get(chat)

        async def after_it() -> None:
            if before is not None:
                await asyncio.wait((before,))
            await work

        task = self._last[chat] = self.start(after_it())

        def leave(_: asyncio.Task[None]) -> None:
            self._room.release()
            if self._last[chat] is task:
                del self._last[chat]

        task.add_done_callback(leave)

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
