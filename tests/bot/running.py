"""A bot that runs against the Bot API's server, with a desk that tells what it was asked for."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import Future
from contextlib import asynccontextmanager
from typing import Any

from bot_api import BotApi
from bot_messages import NOW, TOKEN

from live_seg.bot import Options, Token, serve
from live_seg.photo import Limits, Request, TooLarge, Unreadable
from live_seg.service import NothingFound


class FakeDesk:
    """Answers with what it was asked for, in words; some pictures it refuses; it can be made to wait."""

    def __init__(self, models: tuple[str, ...] = ("person", "pets")) -> None:
        self.models = models
        self.limits = Limits(bytes=20_000_000, pixels=16_000_000)
        self.jobs: list[bytes] = []
        self.waits = False
        self._more = asyncio.Event()
        self._held: list[tuple[Future[bytes], bytes]] = []

    def submit(
        self, data: bytes, request: Request, model: str, format: str = "png", background: bytes = b""
    ) -> Future[bytes]:
        self.jobs.append(data)
        self._more.set()
        future: Future[bytes] = Future()
        errors = {b"huge": TooLarge("too large"), b"broken": Unreadable("broken"), b"empty": NothingFound(model)}
        if b"broken" in background:
            future.set_exception(Unreadable("broken"))
        elif data == b"defect":
            future.set_exception(ZeroDivisionError("a defect"))
        elif data == b"fat":
            future.set_result(bytes(50_000_001))
        elif data in errors and not (data == b"empty" and model == "pets"):
            future.set_exception(errors[data])
        else:
            behind = background or str(request.background).encode() or b"nothing"
            answer = b"%s before %s by %s as %s" % (data, behind, model.encode(), format.encode())
            if self.waits:
                self._held.append((future, answer))
            else:
                future.set_result(answer)
        return future

    async def has_begun(self, count: int) -> None:
        """Waits until so many pictures were handed in."""
        async with asyncio.timeout(10):
            while len(self.jobs) < count:
                self._more.clear()
                await self._more.wait()

    def go_on(self) -> None:
        """Ends the waiting."""
        self.waits = False
        for future, answer in self._held:
            if not future.cancelled():
                future.set_result(answer)
        self._held.clear()


class Pauses:
    """Stands in for sleeping: writes down how long, and lets others run."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        await asyncio.sleep(0.001)


@asynccontextmanager
async def a_bot(
    api: BotApi,
    desk: FakeDesk | None = None,
    pauses: Pauses | None = None,
    webhook: tuple[str, int] = ("", 0),
) -> AsyncIterator[asyncio.Task[int]]:
    """The bot runs while this is open; it has ended, without an error, after."""
    stop = asyncio.Event()
    options = Options(api=api.url, webhook=webhook[0], port=webhook[1])
    serving = serve(
        Token(TOKEN), options, desk or FakeDesk(), stop, pauses or Pauses(), clock=lambda: NOW, quiet_s=0.05
    )
    running = asyncio.create_task(serving)
    try:
        yield running
    finally:
        stop.set()
        await asyncio.wait_for(running, 20)


def scenario(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Runs an asynchronous test, which ends within two minutes, on a busy machine too."""

    @functools.wraps(test)
    def run(*args: Any, **fixtures: Any) -> None:
        asyncio.run(asyncio.wait_for(test(*args, **fixtures), 120))

    return run
