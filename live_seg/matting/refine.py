"""From the network's small matte to one at the frame's size."""

from __future__ import annotations

from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from live_seg.frame import Alpha, Image, Size
from live_seg.matting.steady import SmallAlpha

Plane = NDArray[np.float32]


class Refine(Protocol):
    """Brings a matte to the frame's size."""

    def __call__(self, alpha: SmallAlpha, small: Image, image: Image) -> Alpha:
        """uint8 (H, W) of a float32 (h, w) matte, the small picture it was made from, and the frame's image."""


def bilinear(alpha: SmallAlpha, small: Image, image: Image) -> Alpha:
    """Plain enlargement; the picture does not count."""
    return _enlarge(_to_uint8(alpha), Size.of(image))


class Guided:
    """Enlargement guided by the picture: the matte's edge moves onto the picture's.

    K. He, J. Sun, "Fast Guided Filter", arXiv:1505.00996, with the colour guide of "Guided Image Filtering"
    (TPAMI 2013, eq. 19): in every window the matte is fitted as a linear function of colour at the network's size, and
    the function is applied to a larger picture. Where the matte is sure it is left as it is, since the fit softens it.

    Parameters
    ----------
    radius_px
        Radius of the windows, in the network's pixels.
    epsilon
        Regularisation, in squared units of colour 0..1.
    """

    def __init__(self, radius_px: int = 2, epsilon: float = 1e-3) -> None:
        self._window = (2 * radius_px + 1, 2 * radius_px + 1)
        self._epsilon = epsilon

    def __call__(self, alpha: SmallAlpha, small: Image, image: Image) -> Alpha:
        """See `Refine`."""
        size = Size.of(image)
        middle = _middle_size(Size.of(alpha), size)  # type: ignore[arg-type]
        plain = _to_uint8(alpha)
        unsure = _unsure(plain, self._window)
        if not unsure.any():
            return _enlarge(plain, size)
        fit = cv2.resize(self._fit(alpha, small), middle, interpolation=cv2.INTER_LINEAR)
        guide = cv2.resize(image, middle, interpolation=cv2.INTER_AREA)
        guided = fit[..., 3] + (fit[..., :3] * guide).sum(-1)
        result = _enlarge(plain, middle)
        band = _enlarge(unsure, middle) > 0
        np.copyto(result, np.clip(guided * 255 + 0.5, 0, 255).astype(np.uint8), where=band)
        return _enlarge(result, size)

    def _fit(self, alpha: SmallAlpha, small: Image) -> Plane:
        """(h, w, 4): three slopes for colours in 0..255 and an offset, averaged over the windows of each pixel."""
        guide = small.astype(np.float32) / 255
        mean, mean_alpha = self._mean(guide), self._mean(alpha)
        together = self._mean(guide * alpha[..., None]) - mean * mean_alpha[..., None]
        b, g, r = cv2.split(guide)
        products = self._mean(cv2.merge([b * b, b * g, b * r, g * g]))
        more = self._mean(cv2.merge([g * r, r * r]))
        mb, mg, mr = cv2.split(mean)
        bb, bg, br = products[..., 0] - mb * mb + self._epsilon, products[..., 1] - mb * mg, products[..., 2] - mb * mr
        gg, gr, rr = products[..., 3] - mg * mg + self._epsilon, more[..., 0] - mg * mr, more[..., 1] - mr * mr + self._epsilon
        slopes = _solve(bb, bg, br, gg, gr, rr, together)
        offset = mean_alpha - (slopes * mean).sum(-1)
        return self._mean(np.dstack([slopes / 255, offset]))

    def _mean(self, plane: Plane) -> Plane:
        mean: Plane = cv2.blur(plane, self._window)  # type: ignore[assignment]
        return mean


def _solve(bb: Plane, bg: Plane, br: Plane, gg: Plane, gr: Plane, rr: Plane, right: Plane) -> Plane:
    """Slopes (h, w, 3) of the symmetric 3x3 systems of all pixels, by the adjugate."""
    cofactors = (gg * rr - gr * gr, gr * br - bg * rr, bg * gr - gg * br, bb * rr - br * br, br * bg - bb * gr, bb * gg - bg * bg)
    a, b, c, d, e, f = cofactors
    x, y, z = right[..., 0], right[..., 1], right[..., 2]
    determinant = bb * a + bg * b + br * c
    return np.dstack([a * x + b * y + c * z, b * x + d * y + e * z, c * x + e * y + f * z]) / determinant[..., None]


def _middle_size(small: Size, full: Size) -> Size:
    """Where the fit is applied: twice the network's size, since finer edges than that it does not know."""
    scale = min(1.0, 2 * max(small.width / full.width, small.height / full.height))
    return Size(max(1, round(full.width * scale)), max(1, round(full.height * scale)))


def _unsure(alpha: Alpha, window: tuple[int, int]) -> Alpha:
    """255 near pixels that are neither person nor room."""
    band = cv2.inRange(alpha, np.array(8), np.array(247))
    unsure: Alpha = cv2.dilate(band, np.ones(window, np.uint8))  # type: ignore[assignment]
    return unsure


def _to_uint8(alpha: SmallAlpha) -> Alpha:
    return (alpha * 255 + 0.5).astype(np.uint8)


def _enlarge(alpha: Alpha, size: Size) -> Alpha:
    large: Alpha = cv2.resize(alpha, size, interpolation=cv2.INTER_LINEAR)  # type: ignore[assignment]
    return large
