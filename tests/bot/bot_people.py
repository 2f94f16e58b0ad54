"""People who write to the bot through the Bot API's server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot_api import BotApi
from bot_messages import NOW, as_shown, labels

Clock = Callable[[], float]


class Person:
    """Somebody who writes to the bot."""

    def __init__(self, api: BotApi, number: int = 7, language: str = "en", clock: Clock = lambda: NOW) -> None:
        self.api = api
        self._clock = clock
        self.chat = api.chat(number)
        self._from = {"id": number, "is_bot": False, "first_name": "Ann", "language_code": language}
        self._number = number

    def message(self, age_s: int = 0, kind: str = "private", **content: Any) -> dict[str, Any]:
        """A message as an update, not sent yet."""
        message = {
            "message_id": self.api.number(),
            "date": int(self._clock()) - age_s,
            "chat": {"id": self._number, "type": kind},
            "from": self._from,
            **content,
        }
        self.chat.messages[message["message_id"]] = message
        return {"message": message}

    def file(self, content: bytes) -> str:
        """Hands a file to Telegram; its id."""
        file = f"file{self.api.number()}"
        self.api.files[file] = content
        return file

    def photo(self, content: bytes) -> list[dict[str, Any]]:
        sizes = [(90, self.file(b"a thumbnail")), (1280, self.file(content))]
        return [
            {"file_id": file, "file_unique_id": file, "width": side, "height": side, "file_size": len(content)}
            for side, file in sizes
        ]

    def document(self, content: bytes, name: str, kind: str = "image/jpeg", size: int = 0) -> dict[str, Any]:
        file = self.file(content)
        return {
            "file_id": file,
            "file_unique_id": file,
            "file_name": name,
            "mime_type": kind,
            "file_size": size or len(content),
        }

    async def says(self, text: str) -> None:
        entities = [{"type": "bot_command", "offset": 0, "length": len(text)}] if text.startswith("/") else []
        await self.api.put(self.message(text=text, entities=entities))

    async def sends(self, **content: Any) -> None:
        await self.api.put(self.message(**content))

    async def sends_photo(self, content: bytes) -> None:
        await self.sends(photo=self.photo(content))

    async def starts(self) -> None:
        """Begins the conversation; the bot has answered with its buttons."""
        await self.says("/start")
        await self.api.until(self.chat.with_buttons)

    async def has_cut_out(self, content: bytes) -> None:
        """Sends a photo, and has a first result."""
        await self.sends_photo(content)
        await self.api.until(self.chat.documents)

    async def sends_album(self, *contents: bytes) -> None:
        album = f"album{self.api.number()}"
        await self.api.put(*(self.message(photo=self.photo(each), media_group_id=album) for each in contents))

    async def presses(self, label: str, on: dict[str, Any] | None = None) -> None:
        """Presses the button of that label, marked or not, on the last message with buttons or on another."""
        message = on or self.chat.with_buttons()[-1]
        pressed = [data for shown, data in labels(message).items() if shown.removeprefix("✓ ") == label]
        await self.presses_data(pressed[0], message)

    async def presses_data(self, data: str, message: dict[str, Any]) -> None:
        query = {"id": str(self.api.number()), "from": self._from, "chat_instance": "1", "data": data}
        await self.api.put({"callback_query": {**query, "message": as_shown(message)}})
