"""Telegram sends an album as single messages; here they come together again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from aiogram.types import Message

QUIET_S = 1.0
"""After so long without another message an album is whole: they come together, at times in two answers."""

_MOST = 500
"""Albums that may be open; more can only be an attack, and are taken as single pictures."""

Submit = Callable[[list[Message]], None]


class Albums:
    """Collects the messages of albums.

    Parameters
    ----------
    submit
        Called with the messages of an album, in order.
    quiet_s
        See `QUIET_S`.
    """

    def __init__(self, submit: Submit, quiet_s: float = QUIET_S) -> None:
        self._submit = submit
        self._quiet_s = quiet_s
        self._open: dict[str, tuple[list[Message], asyncio.TimerHandle]] = {}

    def add(self, message: Message) -> None:
        """Takes a message; one that belongs to no album is submitted at once."""
        album = message.media_group_id
        if album is None or (album not in self._open and len(self._open) >= _MOST):
            self._submit([message])
            return
        messages: list[Message] = []
        if album in self._open:
            messages, timer = self._open.pop(album)
            timer.cancel()
        messages.append(message)
        timer = asyncio.get_running_loop().call_later(self._quiet_s, self._close, album)
        self._open[album] = messages, timer

    def _close(self, album: str) -> None:
        messages, _ = self._open.pop(album)
        self._submit(sorted(messages, key=lambda message: message.message_id))

    def close(self) -> None:
        """Submits what is open."""
        for album, (_, timer) in list(self._open.items()):
            timer.cancel()
            self._close(album)
