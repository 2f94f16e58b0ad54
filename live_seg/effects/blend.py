"""Laying a person over a background, in integers."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from live_seg.frame import Alpha, Image

_Part = tuple[slice, slice]
"""Rows and columns."""

_STRIP = 64
"""Rows at a time: what a strip needs stays in a core's own cache, and calls are few."""

_WORTH_A_COPY = 64
"""Columns: fewer cost more as a part of their own than they save."""


def blend(image: Image, alpha: Alpha, background: Image, out: Image | None = None) -> Image:
    """(image * alpha + background * (255 - alpha)) / 255, off by at most one level.

    Where alpha is 0 or 255 the result is the background or the image exactly.

    Parameters
    ----------
    image, background
        uint8 (H, W, 3).
    alpha
        uint8 (H, W), 255 = image.
    out
        uint8 (H, W, 3) to write to, neither of the two; made anew if None or of another shape.
    """
    out = ready(out, image.shape)
    np.copyto(out, background)
    lay_over(image, alpha, out)
    return out


def lay_over(image: Image, alpha: Alpha, canvas: Image, edges: Image | None = None) -> None:
    """`blend` onto the background itself: 0.3 to 0.8 ms at 1280x720 on one core, by how much of it the person takes up.

    In strips of rows. Columns that show nobody in a strip stay, columns that show nothing but the person are copied,
    and only those beside them are mixed, by 8-bit products of OpenCV (`benchmarks/pixels.py`; 9 ms in NumPy).

    Parameters
    ----------
    image, alpha
        As for `blend`.
    canvas
        uint8 (H, W, 3): the background, then the result.
    edges
        uint8 (H, W, 3): what makes the image's colours at soft edges the person's own (`edges.py`); None leaves them.
    """
    for part, is_sure in _parts(alpha):
        if is_sure:
            canvas[part] = image[part]
        else:
            _mix(image[part], alpha[part], canvas[part], None if edges is None else edges[part])


def own_colours(image: Image, alpha: Alpha, edges: Image) -> None:
    """Makes of `edges` the image in the person's own colours, wherever anybody is.

    Parameters
    ----------
    image, alpha
        As for `blend`.
    edges
        uint8 (H, W, 3): as of `edges.edge_colours`, then the result; where alpha is 0 it stays.
    """
    for part, is_sure in _parts(alpha):
        edges[part] = image[part] if is_sure else _unmixed(image[part], _thrice(alpha[part]), edges[part])


def _parts(alpha: Alpha) -> Iterator[tuple[_Part, bool]]:
    """Where anybody is, strip by strip: rows and columns, and whether these show nothing but the person."""
    for top in range(0, alpha.shape[0], _STRIP):
        rows = slice(top, top + _STRIP)
        seen = np.flatnonzero(alpha[rows].max(axis=0))
        if seen.size == 0:
            continue
        first, last = int(seen[0]), int(seen[-1]) + 1
        begin, end = _unbroken(np.flatnonzero(alpha[rows].min(axis=0) == 255)) or (last, last)
        for columns, is_sure in ((slice(first, begin), False), (slice(begin, end), True), (slice(end, last), False)):
            if columns.start < columns.stop:
                yield (rows, columns), is_sure


def _unbroken(columns: NDArray[np.intp]) -> tuple[int, int] | None:
    """From where to before where the columns go, if that is worth a copy; None if others lie between them."""
    if columns.size < _WORTH_A_COPY or columns[-1] - columns[0] + 1 != columns.size:
        return None
    return int(columns[0]), int(columns[-1]) + 1


def _mix(image: Image, alpha: Alpha, canvas: Image, edges: Image | None) -> None:
    weight = _thrice(alpha)
    front = cv2.multiply(image if edges is None else _unmixed(image, weight, edges), weight, scale=1 / 255)
    cv2.bitwise_not(weight, dst=weight)
    back = cv2.multiply(canvas, weight, scale=1 / 255)
    cv2.add(front, back, dst=canvas)


def _unmixed(image: Image, weight: Image, edges: Image) -> Image:
    """image * share + edges * (1 - share), where share is the square of the weight from 0 to 1."""
    share = cv2.multiply(weight, weight, scale=1 / 255)
    front = cv2.multiply(image, share, scale=1 / 255)
    cv2.bitwise_not(share, dst=share)
    return np.asarray(cv2.add(front, cv2.multiply(edges, share, dst=share, scale=1 / 255), dst=front), np.uint8)


def _thrice(alpha: Alpha) -> Image:
    return np.asarray(cv2.merge([alpha] * 3), np.uint8)


def ready(out: Image | None, shape: tuple[int, ...]) -> Image:
    """`out` if it is of that shape, else a new array."""
    return out if out is not None and out.shape == shape else np.empty(shape, np.uint8)
