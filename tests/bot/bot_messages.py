"""Calls, chats and messages of the Bot API."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

TOKEN = "4242:" + "s3cretTokenOfTheTests_abcdefghijklm"  # of no bot


BOT = {"id": 4242, "is_bot": True, "first_name": "Cutter", "username": "cutter_bot"}


NOW = 1_900_000_000


@dataclass
class Call:
    """What the bot asked for: the fields as text, and the files by their names."""

    method: str
    fields: dict[str, str]
    files: dict[str, tuple[str, bytes]]

    def json(self, name: str) -> Any:
        return json.loads(self.fields[name])


@dataclass
class Fault:
    """An answer in place of the right one."""

    status: int
    body: str | bytes
    times: int


@dataclass
class Chat:
    """The messages of one chat, by their numbers; `file` holds a document's content."""

    messages: dict[int, dict[str, Any]] = field(default_factory=dict)

    def documents(self) -> list[dict[str, Any]]:
        return [m for m in self.messages.values() if m["from"]["is_bot"] and "document" in m]

    def texts(self) -> list[str]:
        return [m["text"] for m in self.messages.values() if m["from"]["is_bot"] and "text" in m]

    def with_buttons(self) -> list[dict[str, Any]]:
        return [m for m in self.messages.values() if m.get("reply_markup", {}).get("inline_keyboard")]


def labels(message: dict[str, Any]) -> dict[str, str]:
    """The buttons under a message: what they show -> what they send."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return {button["text"]: button["callback_data"] for row in rows for button in row}


def marked(message: dict[str, Any]) -> list[str]:
    """What is chosen, as the buttons show it."""
    return [label.removeprefix("✓ ") for label in labels(message) if label.startswith("✓")]


def document_of(name: str, content: bytes) -> dict[str, Any]:
    return {"file_id": "sent", "file_unique_id": "sent", "file_name": name, "file_size": len(content)}


def as_shown(message: dict[str, Any]) -> dict[str, Any]:
    """The message as Telegram shows it: one level of replies, no contents."""
    plain = {key: value for key, value in message.items() if key != "file"}
    if "reply_to_message" in plain:
        replied = plain["reply_to_message"].items()
        plain["reply_to_message"] = {key: value for key, value in replied if key not in ("file", "reply_to_message")}
    return plain
