"""The person's own colours at soft edges, where the frame shows them mixed with the room's.

Hair before a white wall is half white. Laid over something dark it would glow, and show the wall.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from live_seg.effects.blend import ready
from live_seg.effects.effect import LastHalved
from live_seg.frame import Alpha, Halved, Image, Size
from live_seg.shrink import halved_size, shrink, shrink_on

Planes = NDArray[np.float32]

_LINES = 90
"""Colours are looked for where the shorter side has at least so many pixels, and less than twice as many."""

RADIUS = 2
"""Of the window in which they are looked for there: a forty-fifth of the shorter side, at most."""

LEAST_WEIGHT = 1e-3
"""Where hardly anything near is surely the person, his colour is what the image shows: it must hang on no single level
of alpha."""


class EdgeColours:
    """`edge_colours` in memory that is used again, from what was halved already."""

    def __init__(self) -> None:
        self._halved = LastHalved()
        self._out: Image | None = None

    def __call__(self, image: Image, alpha: Alpha) -> Image:
        """See `edge_colours`; valid until the next call."""
        self._out = edge_colours(image, alpha, self._out, self._halved.of(image))
        return self._out

    def see(self, halved: Halved | None) -> None:
        """See `Effect`."""
        self._halved.see(halved)


def edge_colours(image: Image, alpha: Alpha, out: Image | None = None, halved: Image | None = None) -> Image:
    """What makes colours the person's own: with alpha from 0 to 1, image * alpha^2 + result * (1 - alpha^2).

    Of front and back, the mean colours of what is surely the person and surely the room nearby, front * alpha +
    back * (1 - alpha) is expected in the image; by as much as it shows something else, his colour is another than the
    front. That difference counts by alpha^2, which makes the result front + (front - back) * alpha^2 / (1 + alpha):
    small and smooth, and all that is finer stays in the image.

    After M. Forte, "Approximate Fast Foreground Colour Estimation", ICIP 2021. There the difference counts by alpha,
    and dark hair before a bright wall would need a result below 0; and the means are weighted by alpha, of which the
    fourth power lets less of the room into the front (`benchmarks/edges.py`).

    Parameters
    ----------
    image, alpha
        uint8 (H, W, 3) and (H, W).
    out
        uint8 (H, W, 3) to write to, not the image; made anew if None or of another shape.
    halved
        The image after some halvings, if they were made already; not used if they are too many.
    """
    small = small_size(Size.of(image))
    seen: Planes = shrink_on(image, halved, small).astype(np.float32)
    part = shrink(alpha, small).astype(np.float32) * np.float32(1 / 255)
    front, back = _mean(seen, part), _mean(seen, 1 - part)
    change = cv2.merge([part * part / (1 + part)] * 3)
    colours = cv2.add(front, cv2.multiply(front - back, change), dtype=cv2.CV_8U)
    out = ready(out, image.shape)
    cv2.resize(colours, Size.of(image), dst=out, interpolation=cv2.INTER_LINEAR)
    return out


def small_size(size: Size) -> Size:
    """Where colours are looked for in pictures of a size."""
    return halved_size(size, math.floor(math.log2(max(1, min(size) / _LINES))))


def _mean(seen: Planes, part: Planes) -> Planes:
    """Mean of the colours nearby, (h, w, 3), weighted by the fourth power of what part of each is meant, (h, w)."""
    weight = cv2.merge([part**2 * part**2 + np.float32(LEAST_WEIGHT)] * 3)
    window = (2 * RADIUS + 1, 2 * RADIUS + 1)
    return np.asarray(cv2.divide(cv2.blur(cv2.multiply(seen, weight), window), cv2.blur(weight, window)), np.float32)
