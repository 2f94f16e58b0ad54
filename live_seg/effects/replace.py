"""Another room: a picture, a video or a colour."""

from __future__ import annotations

from live_seg.config import Config
from live_seg.effects.background import open_background
from live_seg.effects.blend import blend
from live_seg.effects.effect import effects
from live_seg.frame import Alpha, Image, Size


@effects.register("replace")
class Replace:
    """The person stands before a picture, a video that loops, or a colour."""

    def __init__(self, config: Config) -> None:
        self._background = open_background(config.replace.background)

    def __call__(self, image: Image, alpha: Alpha, out: Image | None = None) -> Image:
        """The picture; see `Effect`."""
        return blend(image, alpha, self._background(Size.of(image)), out)

    def warm(self, size: Size) -> None:
        """Fits the background to the size."""
        self._background(size)
