"""Which kind of picture a stream holds, and its header; nothing is decoded here."""

from __future__ import annotations

import importlib
import io
from typing import TYPE_CHECKING, cast

from live_seg.errors import UsageError
from live_seg.photo.structure import check_structure

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

_KINDS = (
    (0, b"\xff\xd8\xff", "Jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "Png"),
    (8, b"WEBP", "WebP"),
    (0, b"II*\0", "Tiff"),
    (0, b"MM\0*", "Tiff"),
    (0, b"GIF8", "Gif"),
    (0, b"BM", "Bmp"),
    (4, b"ftypavi", "Avif"),
    (0, b"P5", "Ppm"),
    (0, b"P6", "Ppm"),
)
"""Offset, the bytes there, and the reader's name in Pillow. Few: each reader is a way in for hostile files."""


class Unreadable(UsageError):
    """No picture, one of a kind that is not read, or a broken one."""


def open_header(stream: io.BufferedIOBase, name: str) -> ImageFile:
    """The picture of a stream with its size and metadata, its pixels not decoded yet.

    The reader is made directly and not by Pillow's `open`, whose own limit on pixels is one for the whole process.

    Raises
    ------
    Unreadable
        If the stream is empty, holds none of the kinds above, or has more parts than any picture needs.
    """
    start = stream.read(32)
    stream.seek(0)
    if not start:
        raise Unreadable(f"{name} is empty", "Give another file, or copy it once more.")
    for offset, mark, reader in _KINDS:
        if start[offset : offset + len(mark)] == mark:
            module = importlib.import_module(f"PIL.{reader}ImagePlugin")
            try:
                check_structure(stream, reader)
                return cast("ImageFile", getattr(module, f"{reader}ImageFile")(stream, ""))
            except Exception as error:  # noqa: BLE001  # on a file made to break it a reader raises anything
                reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:160]
                raise Unreadable(f"{name} is broken: {reason}", "Copy it once more, or save it anew.") from None
    raise Unreadable(f"{name} is no picture that can be read", _cure(start))


def _cure(start: bytes) -> str:
    if start[4:8] == b"ftyp" and start[8:11] in (b"hei", b"hev", b"mif", b"msf"):
        return 'It is HEIC: let the telephone save it as JPEG ("most compatible").'
    return "JPEG, PNG, WebP, AVIF, TIFF, GIF, BMP and PPM are read."
