"""The room out of focus; the person does not bleed into it."""

from __future__ import annotations

import cv2
import numpy as np

from live_seg.config import Config
from live_seg.effects.blend import blend
from live_seg.effects.effect import EffectBase, effects
from live_seg.frame import Alpha, Image, Size
from live_seg.shrink import shrink

_SMALL_SIGMA = 4.0
"""The blur is made where it is so many pixels wide: enlarging that again adds nothing that can be seen."""


_LEAST_SIGMA = 1.0
"""Less does not blur at all: a small picture asked for a weak blur gets this."""


@effects.register("blur")
class Blur(EffectBase):
    """The room is blurred, the person stays sharp."""

    def __init__(self, config: Config) -> None:
        self._radius = config.blur.radius_px

    def __call__(self, image: Image, alpha: Alpha, out: Image | None = None) -> Image:
        """The picture; see `Effect`."""
        return blend(image, alpha, blurred_room(image, alpha, self._radius), out)

    def warm(self, size: Size) -> None:
        """Runs once: OpenCV starts its threads."""
        self(np.zeros((size.height, size.width, 3), np.uint8), np.zeros((size.height, size.width), np.uint8))


def blurred_room(image: Image, alpha: Alpha, radius_px: float) -> Image:
    """The image blurred as if the person were not there: blur(image * (1 - a)) / blur(1 - a).

    A plain blur would smear the person's colours into a halo round him. Made at a reduced size: 1.7 ms at
    1280x720 on one core against 31 ms at full size (`benchmarks/pixels.py`).

    Parameters
    ----------
    image, alpha
        uint8 (H, W, 3) and (H, W).
    radius_px
        Standard deviation in pixels of a picture of 720 lines; other sizes in proportion of their shorter side.
    """
    size = Size.of(image)
    sigma = max(_LEAST_SIGMA, radius_px * min(size) / 720)
    factor = max(1.0, sigma / _SMALL_SIGMA)
    small = Size(max(1, round(size.width / factor)), max(1, round(size.height / factor)))
    person = cv2.dilate(shrink(alpha, small), np.ones((3, 3), np.uint8))
    weight = (255 - person).astype(np.float32) / 255 + 1e-4  # where all is person any colour will do: none is seen
    room = shrink(image, small) * weight[..., None]
    sigma /= factor
    kernel = Size(*[2 * round(2.5 * sigma) + 1] * 2)
    total = cv2.GaussianBlur(weight, kernel, sigma)
    mixed = cv2.GaussianBlur(room, kernel, sigma) / total[..., None]
    blurred: Image = cv2.resize(mixed.astype(np.uint8), size, interpolation=cv2.INTER_LINEAR)  # type: ignore[assignment]
    return blurred
