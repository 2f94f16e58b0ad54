"""How large a picture may be; checked by its header, before anything is decoded."""

from __future__ import annotations

from dataclasses import dataclass

from live_seg.errors import UsageError
from live_seg.frame import Size


class TooLarge(UsageError):
    """A picture over the limits."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest picture that is read.

    Attributes
    ----------
    bytes
        Of the file.
    pixels
        Width times height. A pixel costs up to 15 bytes of memory at the peak.
    side
        Width and height, in pixels.
    """

    bytes: int = 300_000_000
    pixels: int = 120_000_000
    side: int = 30_000

    def check_bytes(self, count: int, name: str) -> None:
        """Raises `TooLarge` for a file of more bytes."""
        if count > self.bytes:
            raise TooLarge(f"{name} has {count / 1e6:.1f} MB, {self.bytes / 1e6:g} MB are allowed", "Save it smaller.")

    def check_size(self, size: Size, name: str) -> None:
        """Raises `TooLarge` for a picture of more pixels, or a longer side."""
        if max(size) > self.side:
            raise TooLarge(f"{name} has {size} pixels, {self.side} a side are allowed", "Make it smaller.")
        pixels = size.width * size.height
        if pixels > self.pixels:
            allowed = f"{self.pixels / 1e6:g} megapixels are allowed"
            raise TooLarge(f"{name} has {size}, {pixels / 1e6:.0f} megapixels; {allowed}", "Make it smaller.")
