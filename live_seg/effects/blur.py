"""The room out of focus; the person does not bleed into it."""

from __future__ import annotations

import math
from typing import NamedTuple

import cv2
import numpy as np

from live_seg.config import Config
from live_seg.effects.blend import lay_over, ready
from live_seg.effects.effect import EffectBase, LastHalved, effects
from live_seg.frame import Alpha, Halved, Image, Size
from live_seg.shrink import half, halved_size, shrink, shrink_on

_MASK_SIGMA = 4.0
"""The person is cut out of the room where the blur is at least so many pixels wide: there one pixel of distance to him
keeps his colour out, and is too little to be seen."""

_SMALL_SIGMA = 2.0
"""The blur is made where it is at least so many pixels wide: enlarging that again is off by 2 levels at most."""

_ENLARGED = 0.25
"""Variance, in small pixels, that shrinking (1/12) and enlarging (1/6) add to the blur; it is taken off before."""

LEAST_WEIGHT = np.uint8(1)
"""Of 255."""

_LEAST_SIGMA = 1.0
"""Less does not blur at all: a small picture asked for a weak blur gets this."""


class BlurPlan(NamedTuple):
    """How a room is blurred.

    Attributes
    ----------
    near
        Size at which the person is cut out of the room.
    small
        Size at which the room is blurred: that, or half of it.
    side, sigma
        Window and standard deviation of the Gaussian there, in pixels.
    """

    near: Size
    small: Size
    side: int
    sigma: float

    @classmethod
    def of(cls, size: Size, radius_px: float) -> BlurPlan:
        """For pictures of a size; `radius_px` as in `blurred_room`."""
        sigma = max(_LEAST_SIGMA, radius_px * min(size) / 720)
        cut = max(0, math.floor(math.log2(sigma / _MASK_SIGMA)))
        halvings = cut + (sigma / 2 ** (cut + 1) >= _SMALL_SIGMA)
        sigma /= 2**halvings
        if halvings:
            sigma = math.sqrt(sigma * sigma - _ENLARGED)
        return cls(halved_size(size, cut), halved_size(size, halvings), 2 * round(2.5 * sigma) + 1, sigma)


@effects.register("blur")
class Blur(EffectBase):
    """The room is blurred, the person stays sharp."""

    def __init__(self, config: Config) -> None:
        self.radius_px = config.blur.radius_px
        self._halved = LastHalved()

    def __call__(self, image: Image, alpha: Alpha, out: Image | None = None) -> Image:
        """The picture; see `Effect`."""
        out = blurred_room(image, alpha, self.radius_px, out, self._halved.of(image))
        lay_over(image, alpha, out)
        return out

    def see(self, halved: Halved | None) -> None:
        """Halving a frame that no cache holds any more takes 0.4 ms at 1280x720."""
        self._halved.see(halved)

    def warm(self, size: Size) -> None:
        """Runs once: OpenCV starts its threads."""
        self(np.zeros((size.height, size.width, 3), np.uint8), np.zeros((size.height, size.width), np.uint8))


def blurred_room(
    image: Image, alpha: Alpha, radius_px: float, out: Image | None = None, halved: Image | None = None
) -> Image:
    """The image blurred as if the person were not there: blur(image * (1 - a)) / blur(1 - a).

    A plain blur would smear the person's colours into a halo round him. Made where everything is small, by halving,
    which is what OpenCV does fastest: 1.1 ms at 1280x720 on one core, half of it the enlargement, against 31 ms at full
    size (`benchmarks/pixels.py`).

    Parameters
    ----------
    image, alpha
        uint8 (H, W, 3) and (H, W).
    radius_px
        Standard deviation in pixels of a picture of 720 lines; other sizes in proportion of their shorter side.
    out
        uint8 (H, W, 3) to write to, not the image; made anew if None or of another shape.
    halved
        The image after some halvings, if they were made already; not used if they are too many.
    """
    size = Size.of(image)
    near, small, side, sigma = BlurPlan.of(size, radius_px)
    person = cv2.dilate(shrink(alpha, near), np.ones((3, 3), np.uint8))
    # Where all is person any colour will do, since none is seen; a least weight keeps it from being divided by 0.
    weight = np.maximum(255 - person, LEAST_WEIGHT).astype(np.float32)
    room = shrink_on(image, halved, near).astype(np.float32)
    cv2.multiply(room, cv2.merge([weight] * 3), dst=room)  # of two types it is slower than the conversion
    if small != near:
        room, weight = half(room), half(weight)
    kernel = Size(side, side)
    mixed, total = cv2.GaussianBlur(room, kernel, sigma), cv2.GaussianBlur(weight, kernel, sigma)
    blurred = cv2.divide(mixed, cv2.merge([total] * 3), dtype=cv2.CV_8U)
    out = ready(out, image.shape)
    cv2.resize(blurred, size, dst=out, interpolation=cv2.INTER_LINEAR)
    return out
