"""The subject's own colours at soft edges, where a photo shows them mixed with the room's.

A hair before a white wall is half white in the photo. Laid over something dark it would glow; so what is seen,
`image = alpha * front + (1 - alpha) * back`, is solved for the front.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from live_seg.frame import Alpha, Image, Size
from live_seg.shrink import shrink
from live_seg.tiles import tiles

Planes = NDArray[np.float32]

_COARSE = 640
"""Longest side of the picture on which far colours are looked for."""

_FAR, _NEAR = (40, 15), 6
"""Radii of the looks at the coarse size, and of the one at the picture itself up to `_FINE` pixels a side."""

_FINE = 1600
"""A larger picture is looked at with a larger radius: its soft edges are as much wider."""

_TILE = 256


def cleaned(image: Image, alpha: Alpha) -> Image:
    """The image with the subject's colours where alpha is neither 0 nor 255; elsewhere it is as it was.

    The blur fusion of M. Forte, "Approximate Fast Foreground Colour Estimation", ICIP 2021, from far to near: the front
    is about the mean of the surest front colours nearby, and the back likewise; what of the image these two do not
    explain is the front's. On composed pictures with soft edges the mean error of the front falls from 12.0 levels to
    5.4; docs/decisions/0007 compares that with PyMatting.

    Parameters
    ----------
    image
        uint8 (H, W, 3).
    alpha
        uint8 (H, W).

    Returns
    -------
    Image
        A new array.
    """
    result = image.copy()
    size = Size.of(image)
    radius = round(_NEAR * max(1.0, max(size) / _FINE))
    front, back = _far_colours(image, alpha)
    scale = (front.shape[1] / size.width, front.shape[0] / size.height)
    for tile in tiles(size, _TILE, radius):
        own = alpha[tile.own]
        soft = cv2.inRange(own, np.array(1), np.array(254))
        if not soft.any():
            continue
        seen = _plane(image[tile.seen])
        weight = _plane(alpha[tile.seen])[..., None]
        far = _part(front, tile.seen, scale), _part(back, tile.seen, scale)
        near, _ = _fused(seen, far[0], far[1], weight, radius)
        cv2.copyTo(_to_uint8(near[tile.inner]), soft, result[tile.own])
    return result


def _far_colours(image: Image, alpha: Alpha) -> tuple[Planes, Planes]:
    """Mean colours of front and back round each pixel, at the coarse size."""
    size = Size.of(image)
    factor = max(1.0, max(size) / _COARSE)
    coarse = Size(max(1, round(size.width / factor)), max(1, round(size.height / factor)))
    seen, weight = _plane(shrink(image, coarse)), _plane(shrink(alpha, coarse))[..., None]
    front = back = seen
    for radius in _FAR:
        front, back = _fused(seen, front, back, weight, radius)
    return front, back


def _fused(seen: Planes, front: Planes, back: Planes, weight: Planes, radius: int) -> tuple[Planes, Planes]:
    """Front and back, averaged within the radius; what they do not explain of the image is added to the front."""
    front, back = _means(front, back, weight, radius)
    fused: Planes = front + weight * (seen - weight * front - (1 - weight) * back)
    return np.clip(fused, 0, 1), back


def _means(front: Planes, back: Planes, weight: Planes, radius: int) -> tuple[Planes, Planes]:
    """Means of the front weighted by alpha, and of the back by the rest."""
    window = (2 * radius + 1, 2 * radius + 1)
    share = cv2.blur(weight, window)[..., None]
    fronts = cv2.blur(front * weight, window) / (share + np.float32(1e-5))
    backs = cv2.blur(back * (1 - weight), window) / (1 - share + np.float32(1e-5))
    return fronts.astype(np.float32), backs.astype(np.float32)


def _part(planes: Planes, part: tuple[slice, slice], scale: tuple[float, float]) -> Planes:
    """A piece of a small picture, enlarged to the place that it stands for in the large one."""
    rows, columns = part
    width, height = columns.stop - columns.start, rows.stop - rows.start
    across, down = scale
    # Pixel centres lie at half numbers: x + 0.5 in the large picture is (x + 0.5) * scale in the small one.
    place = np.array(
        [[across, 0, (columns.start + 0.5) * across - 0.5], [0, down, (rows.start + 0.5) * down - 0.5]], np.float32
    )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(
        cv2.warpAffine(planes, place, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE), np.float32
    )


def _plane(image: NDArray[np.uint8]) -> Planes:
    return image.astype(np.float32) * np.float32(1 / 255)


def _to_uint8(planes: Planes) -> Image:
    return (planes * 255 + 0.5).astype(np.uint8)
