"""Another room: a picture, a video or a colour."""

from __future__ import annotations

import math

import numpy as np

from live_seg.config import Config
from live_seg.effects.background import Video, open_background
from live_seg.effects.blend import lay_over, ready
from live_seg.effects.edges import EdgeColours
from live_seg.effects.effect import EffectBase, effects
from live_seg.frame import Alpha, Halved, Image, Size


@effects.register("replace")
class Replace(EffectBase):
    """The person stands before a picture, a video that loops, or a colour."""

    def __init__(self, config: Config) -> None:
        self._now = _Moment()
        self._background = open_background(config.replace.background, clock=self._now)
        self._edges = EdgeColours()

    def __call__(self, image: Image, alpha: Alpha, out: Image | None = None) -> Image:
        """The picture; see `Effect`."""
        out = ready(out, image.shape)
        np.copyto(out, self.background(Size.of(image)))
        lay_over(image, alpha, out, self._edges(image, alpha))
        return out

    @property
    def stands_still(self) -> bool:
        """Whether the background is a colour or a picture, and no video."""
        return not isinstance(self._background, Video)

    def background(self, size: Size) -> Image:
        """What stands behind the person now: uint8 (H, W, 3), not to be written to."""
        return self._background(size)

    def warm(self, size: Size) -> None:
        """Fits the background to the size, and gets the edges' memory."""
        self._edges(self.background(size), np.zeros((size.height, size.width), np.uint8))

    def see(self, halved: Halved | None) -> None:
        """The edges' colours are looked for in a small picture."""
        self._edges.see(halved)

    def at(self, time_s: float, lossless: bool) -> None:
        """A video plays by the frames' times."""
        self._now.time_s = time_s
        self._background.patience_s = math.inf if lossless else 0.0


class _Moment:
    """A clock that is set. On its own, so that effect and video do not hold each other when nobody else does."""

    time_s = 0.0

    def __call__(self) -> float:
        return self.time_s
