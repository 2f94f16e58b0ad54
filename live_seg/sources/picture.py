"""A picture file."""

from __future__ import annotations

from pathlib import Path

from live_seg.config import Config
from live_seg.frame import Clock, Frame, Size
from live_seg.media import read_picture
from live_seg.sources.source import SourceBase, sources


@sources.register("picture")
class PictureSource(SourceBase):
    """A picture file: once, or again and again at `source.fps` if `run.seconds` or `run.frames` asks for more.

    Attributes
    ----------
    repeat
        True to give it again and again; may be set after opening, where something shows the pictures.
    """

    live = False

    def __init__(self, address: str, config: Config, clock: Clock) -> None:
        del clock
        self._image = read_picture(address)
        self._image.flags.writeable = False
        self.name = Path(address).name
        self.size = Size.of(self._image)
        self.fps = config.source.fps
        self.repeat = bool(config.run.seconds or config.run.frames)
        self._next = 0
        self._open = True

    def read(self, timeout_s: float) -> Frame | None:
        """The picture, or None when it was given."""
        del timeout_s
        if not self._open or (self._next and not self.repeat):
            return None
        index = self._next
        self._next += 1
        return Frame(self._image, index, index / self.fps)

    def close(self) -> None:
        """No more pictures; may be called twice."""
        self._open = False
