"""Frames of a clip with their mattes, evenly spread: what flickers and what fails is seen side by side."""

from __future__ import annotations

from live_seg.evaluation.sheet import contact_sheet, fit, matte_overlay
from live_seg.frame import Alpha, Image

MOST = 32
"""Frames on a strip; when it is full, every second one goes."""

_COLUMNS = 8


class Strip:
    """Takes the frames of a clip one by one, and keeps from 17 to 32 of them, the same step apart."""

    def __init__(self) -> None:
        self._tiles: list[tuple[str, Image]] = []
        self._step = 1
        self._count = 0

    def add(self, image: Image, alpha: Alpha) -> None:
        """The next frame, uint8 (H, W, 3) BGR, and its matte, uint8 (H, W)."""
        if self._count % self._step == 0:
            if len(self._tiles) == MOST:
                self._tiles = self._tiles[::2]
                self._step *= 2
            self._tiles.append((f"frame {self._count}", matte_overlay(fit(image), fit(alpha))))
        self._count += 1

    def sheet(self) -> Image:
        """All that was kept, the room sunk in green; at least one frame was added."""
        return contact_sheet(self._tiles, _COLUMNS)
