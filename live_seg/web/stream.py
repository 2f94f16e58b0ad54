"""Answers that go on: the newest picture for each viewer, and who takes nothing is given up."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import suppress

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Message, Send

_PATIENCE_S = 15.0
"""Who takes nothing for so long is given up: a phone out of reach, a laptop asleep. He would hold the camera open."""


def stream(request: Request, parts: AsyncIterator[bytes], kind: str) -> Response:
    """Answers with what comes; who asks for the head alone (HEAD) opens nothing."""
    return Response(media_type=kind) if request.method == "HEAD" else Patient(parts, media_type=kind)


class Patient(StreamingResponse):
    """A stream that ends where its reader takes nothing for `_PATIENCE_S`."""

    async def stream_response(self, send: Send) -> None:
        """See Starlette."""

        async def timely(message: Message) -> None:
            async with asyncio.timeout(_PATIENCE_S):
                await send(message)

        with suppress(TimeoutError):
            await super().stream_response(timely)


class Slot:
    """The newest picture for one viewer: filled by the sink's thread, emptied by his connection, as fast as that is.

    Parameters
    ----------
    loop
        In which `get` is called.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._there = asyncio.Event()
        self._lock = threading.Lock()
        self._jpeg: bytes | None = None

    def put(self, jpeg: bytes) -> None:
        """Puts the newest picture in; one that was not taken is dropped."""
        with self._lock:
            is_first = self._jpeg is None
            self._jpeg = jpeg
        if is_first and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._there.set)

    async def get(self, timeout_s: float) -> bytes | None:
        """The newest picture, or None if none comes in time."""
        try:
            await asyncio.wait_for(self._there.wait(), timeout_s)
        except TimeoutError:
            return None
        self._there.clear()
        with self._lock:
            jpeg, self._jpeg = self._jpeg, None
        return jpeg
