"""What the tests of the bot share."""

from __future__ import annotations

import pytest
from aiogram.client.session.aiohttp import AiohttpSession


@pytest.fixture(autouse=True)
def sessions_close_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """aiogram waits a quarter of a second for encrypted connections, of which there are none here."""

    async def close(self: AiohttpSession) -> None:
        if self._session is not None:
            await self._session.close()

    monkeypatch.setattr(AiohttpSession, "close", close)
