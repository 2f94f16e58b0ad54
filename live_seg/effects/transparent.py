"""The person on nothing."""

from __future__ import annotations

import cv2

from live_seg.config import Config
from live_seg.effects.blend import own_colours, ready
from live_seg.effects.edges import EdgeColours
from live_seg.effects.effect import EffectBase, effects
from live_seg.frame import Alpha, Halved, Image

FAINT = 15
"""Alpha up to this is nothing: it cannot be seen, but whoever drops the alpha would see the room's colours."""


@effects.register("transparent")
class Transparent(EffectBase):
    """The person on nothing: files get the alpha, the window a checkerboard, other sinks a green screen."""

    makes_alpha = True

    def __init__(self, config: Config) -> None:
        self._edges = EdgeColours()

    def __call__(self, image: Image, alpha: Alpha, out: Image | None = None) -> Image:
        """BGRA with the person's own colours; see `cut_out`."""
        front = self._edges(image, alpha)
        own_colours(image, alpha, front)
        return cut_out(front, alpha, out)

    def see(self, halved: Halved | None) -> None:
        """The edges' colours are looked for in a small picture."""
        self._edges.see(halved)


def cut_out(image: Image, alpha: Alpha, out: Image | None = None) -> Image:
    """BGRA with straight alpha; where that is nearly 0 it is 0 and the colour black: nothing of the room stays.

    Parameters
    ----------
    image, alpha
        uint8 (H, W, 3) and (H, W).
    out
        uint8 (H, W, 4) to write to; made anew if None or of another shape.
    """
    out = ready(out, (*image.shape[:2], 4))
    alpha = cv2.threshold(alpha, FAINT, 255, cv2.THRESH_TOZERO)[1]  # type: ignore[assignment]
    seen = cv2.copyTo(image, alpha)
    cv2.mixChannels([seen, alpha], [out], [0, 0, 1, 1, 2, 2, 3, 3])
    return out
