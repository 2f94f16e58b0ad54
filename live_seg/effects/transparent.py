"""The person on nothing."""

from __future__ import annotations

import cv2

from live_seg.config import Config
from live_seg.effects.blend import ready
from live_seg.effects.effect import EffectBase, effects
from live_seg.frame import Alpha, Image


@effects.register("transparent")
class Transparent(EffectBase):
    """The person on nothing: files get the alpha, the window a checkerboard, other sinks a green screen."""

    def __init__(self, config: Config) -> None:
        pass

    def __call__(self, image: Image, alpha: Alpha, out: Image | None = None) -> Image:
        """BGRA with straight alpha; where alpha is 0 the colour is black, so that nothing of the room is left."""
        out = ready(out, (*image.shape[:2], 4))
        seen = cv2.copyTo(image, alpha)
        cv2.mixChannels([seen, alpha], [out], [0, 0, 1, 1, 2, 2, 3, 3])
        return out
