"""The little metadata that a cut-out keeps: when the picture was taken, and by which work it was made."""

from __future__ import annotations

import io
import re
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from live_seg.photo.structure import TooManyParts, check_directories

if TYPE_CHECKING:
    from PIL.Image import Exif
    from PIL.Image import Image as PillowImage

_ORIENTATION, _SOFTWARE, _CHANGED, _DETAILS = 0x0112, 0x0131, 0x0132, 0x8769
_TAKEN, _OFFSET = 0x9003, 0x9011
"""Numbers of the tags in EXIF 2.32."""


@dataclass(frozen=True, slots=True)
class Tags:
    """Kept from file to file.

    Attributes
    ----------
    taken
        When it was taken, as EXIF writes it: `2026:11:21 16:05:00`; empty if unknown.
    offset
        Its distance from UTC, `+01:00`; empty if unknown.
    software
        What made the file.
    """

    taken: str = ""
    offset: str = ""
    software: str = ""

    def exif(self) -> Exif:
        """For Pillow to write."""
        from PIL.Image import Exif

        exif = Exif()
        if self.software:
            exif[_SOFTWARE] = self.software
        if self.taken:
            exif[_CHANGED] = self.taken
            exif[_DETAILS] = {_TAKEN: self.taken, **({_OFFSET: self.offset} if self.offset else {})}
        return exif


def read_tags(picture: PillowImage) -> tuple[Tags, int]:
    """What is kept, and the orientation (1 upright); nothing of metadata that cannot be read."""
    try:
        check_directories(io.BytesIO(picture.info.get("exif", b"").removeprefix(b"Exif\0\0")))
    except TooManyParts:
        return Tags(), 1
    except struct.error:
        pass  # none, or broken
    try:
        exif = picture.getexif()
        details = exif.get_ifd(_DETAILS)
        orientation = exif.get(_ORIENTATION, 1)
    except Exception:  # noqa: BLE001  # broken metadata is no reason to refuse the picture
        return Tags(), 1
    taken = _text(details.get(_TAKEN) or exif.get(_CHANGED), r"\d{4}:\d\d:\d\d \d\d:\d\d:\d\d")
    offset = _text(details.get(_OFFSET), r"[+-]\d\d:\d\d")
    software = _text(exif.get(_SOFTWARE), r"[ -~]{1,200}")
    return Tags(taken, offset, software), orientation if isinstance(orientation, int) else 1


def _text(value: object, pattern: str) -> str:
    """The value where it is what it should be: others write these tags, and not always well."""
    text = value.strip("\0 ") if isinstance(value, str) else ""
    return text if re.fullmatch(pattern, text) else ""
