"""Closed-form matting: the alpha that a trimap leaves open, from the picture's colours.

After Levin, Lischinski and Weiss, A Closed-Form Solution to Natural Image Matting (PAMI 2008): in a small window alpha
is a linear function of the colour, and the alpha of all open pixels is the one that departs from that the least.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from live_seg.evaluation.trimap import UNKNOWN
from live_seg.frame import Alpha, Image

_SIDE_PX = 416
"""Longer sides are solved smaller where a border is wide: the time grows faster than the pixels."""

_NARROW_SIDE_PX = 1024
"""The same for borders of a few pixels."""

_SIDE, _WINDOW = 3, 9
"""Of a window: its side, its pixels."""

_BORDER, _LEAST_PX, _MOST = 0.0145, 2, 0.01
"""Half the width of a mask's open border: a share of the root of the person's area, and at least and at most so much
(pixels; share of the picture's longer side)."""


class _Draw(NamedTuple):
    """How far colours are believed.

    Attributes
    ----------
    weight
        How much an open pixel is drawn to what it is taken for, where nothing else decides.
    even
        How much of a window's colours counts as noise: their covariance gets so much more.
    """

    weight: float
    even: float


_TO_HALF, _TO_MASK = _Draw(1e-6, 1e-7), _Draw(1e-2, 1e-5)


def solved(image: Image, alpha: Alpha) -> Alpha:
    """Alpha in whose open pixels the picture's colours decide.

    Parameters
    ----------
    image
        uint8 (H, W, 3) BGR.
    alpha
        uint8 (H, W); `UNKNOWN` where nobody knows. What else it holds stays; without a pixel of room, all of it.
    """
    open_ = alpha == UNKNOWN
    if not (alpha == 0).any() or not open_.any():
        return alpha
    size = _at_most(_SIDE_PX, alpha)
    given = np.asarray(cv2.resize(alpha, size, interpolation=cv2.INTER_NEAREST), np.uint8)
    found = _solve(_resized(image, size), given, given == UNKNOWN, _TO_HALF)
    return np.where(open_, cv2.resize(found, alpha.shape[1::-1], interpolation=cv2.INTER_LINEAR), alpha)


def with_solved_border(image: Image, mask: Alpha) -> Alpha:
    """A mask whose border of a few pixels is decided by the picture's colours.

    Masks drawn by hand are off by a pixel or three: staircases, corners of polygons, a rim of the room. Where the
    colours say little it runs softly from one side to the other.

    Parameters
    ----------
    image
        uint8 (H, W, 3) BGR.
    mask
        uint8 (H, W). Without a border it stays.
    """
    size = _at_most(_NARROW_SIDE_PX, mask)
    small = _resized(mask, size)
    width = _BORDER * math.sqrt(np.count_nonzero(small > UNKNOWN))
    radius = round(max(_LEAST_PX, min(width, _MOST * max(size))))
    window = np.ones((2 * radius + 1, 2 * radius + 1), np.uint8)
    open_ = (cv2.dilate(small, window) > UNKNOWN) & (cv2.erode(small, window) <= UNKNOWN)
    if not open_.any() or not (small[~open_] <= UNKNOWN).any():
        return mask
    drawn_to = np.where(open_, cv2.GaussianBlur(small, (0, 0), 1.0), small)
    found = _solve(_resized(image, size), drawn_to, open_, _TO_MASK)
    return np.asarray(cv2.resize(found, mask.shape[1::-1], interpolation=cv2.INTER_LINEAR), np.uint8)


def _resized(image: Image, size: tuple[int, int]) -> Image:
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def _at_most(side_px: int, alpha: Alpha) -> tuple[int, int]:
    """Width and height, with no side longer than that."""
    scale = min(1.0, side_px / max(alpha.shape))
    return max(1, round(alpha.shape[1] * scale)), max(1, round(alpha.shape[0] * scale))


def _solve(image: Image, alpha: Alpha, open_: NDArray[np.bool_], draw: _Draw) -> Alpha:
    """Alpha with its open pixels solved; they are drawn to what it holds there."""
    from scipy.sparse import csr_array, eye_array  # only those who train need it
    from scipy.sparse.linalg import spsolve

    windows = _windows(open_)
    values = np.eye(_WINDOW) - _affinities((image / 255).reshape(-1, 3)[windows], draw.even)
    rows = np.repeat(windows, _WINDOW, axis=1).ravel()
    columns = np.tile(windows, (1, _WINDOW)).ravel()
    laplacian = csr_array((values.ravel(), (rows, columns)), shape=(alpha.size, alpha.size))
    unknown, known = np.flatnonzero(open_), np.flatnonzero(~open_)
    ours, given = laplacian[unknown], alpha.ravel() / 255
    right = draw.weight * given[unknown] - ours[:, known] @ given[known]
    solution = spsolve((ours[:, unknown] + draw.weight * eye_array(len(unknown))).tocsc(), right)
    result = alpha.copy()
    result[open_] = (solution * 255).round().clip(0, 255).astype(np.uint8)
    return result


def _windows(unknown: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Indices (N, 9) of the pixels of each window that holds an open one; none in what is too narrow for one."""
    if min(unknown.shape) < _SIDE:
        return np.empty((0, _WINDOW), np.intp)
    indices = np.arange(unknown.size).reshape(unknown.shape)
    each = np.lib.stride_tricks.sliding_window_view(indices, (_SIDE, _SIDE))
    has_open = np.lib.stride_tricks.sliding_window_view(unknown, (_SIDE, _SIDE)).any((2, 3))
    return each[has_open].reshape(-1, _WINDOW)


def _affinities(colours: NDArray[np.float64], even: float) -> NDArray[np.float64]:
    """How alike the pixels of each window are, (N, 9, 9), of their colours (N, 9, 3): equation 12 there."""
    apart = colours - colours.mean(1, keepdims=True)
    covariance = apart.transpose(0, 2, 1) @ apart / _WINDOW + even / _WINDOW * np.eye(3)
    alike: NDArray[np.float64] = (1 + apart @ np.linalg.inv(covariance) @ apart.transpose(0, 2, 1)) / _WINDOW
    return alike
