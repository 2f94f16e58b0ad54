"""Pictures as Telegram knows them: by ids; their content is fetched when it is their turn."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath

from aiogram.types import Message

_UNKNOWN_KINDS = (None, "application/octet-stream")
"""What clients send with files that they do not know; the decoder finds out."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that somebody sent.

    Attributes
    ----------
    file
        Telegram's id of the file.
    message
        The message that it came in.
    name
        Of the answer's file: "beach-cutout.png".
    bytes
        Size that Telegram tells, 0 if it does not.
    """

    file: str
    message: int
    name: str = "cutout.png"
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class Result:
    """An answer that was given: the picture, and the message with the cut-out; 0 where nobody was found to cut out."""

    picture: Picture
    message: int


def picture_of(message: Message) -> Picture | None:
    """The picture in a message: a photo at its largest size, a picture file, a sticker that stands still."""
    if message.photo:
        largest = max(message.photo, key=lambda size: size.width * size.height)
        return Picture(largest.file_id, message.message_id, bytes=largest.file_size or 0)
    if message.document and not message.animation:
        kind, document = message.document.mime_type, message.document
        if kind in _UNKNOWN_KINDS or kind.startswith("image/"):
            return Picture(
                document.file_id, message.message_id, _answer_name(document.file_name), document.file_size or 0
            )
    if message.sticker and not (message.sticker.is_animated or message.sticker.is_video):
        return Picture(message.sticker.file_id, message.message_id, bytes=message.sticker.file_size or 0)
    return None


def is_moving(message: Message) -> bool:
    """Whether it holds a video or an animation."""
    document = message.document
    film = document is not None and (document.mime_type or "").startswith("video/")
    return film or bool(message.video or message.animation or message.video_note or message.sticker)


def _answer_name(name: str | None) -> str:
    """`IMG 1.jpg` -> `IMG 1-cutout.png`; without line breaks and other characters that cannot be seen."""
    stem = PurePosixPath((name or "").replace("\\", "/")).stem
    stem = "".join(sign for sign in stem if unicodedata.category(sign)[0] != "C").strip(" .\"'")[:60]
    return f"{stem}-cutout.png" if stem else "cutout.png"
