"""Closed-form matting: the alpha that a trimap leaves open, from the picture's colours.

After Levin, Lischinski and Weiss, A Closed-Form Solution to Natural Image Matting (PAMI 2008): in a small window alpha
is a linear function of the colour, and the alpha of all open pixels is the one that departs from that the least.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from live_seg.evaluation.trimap import UNKNOWN
from live_seg.frame import Alpha, Image

_SIDE_PX = 416
"""Longer sides are solved smaller: the time grows faster than the pixels."""

_WINDOW = 9
"""Pixels of a window of 3 x 3."""

_EVEN = 1e-7
"""How much of a window's colours counts as noise: their covariance gets so much more."""

_HALF = 1e-6
"""How much an open pixel is drawn to a half, for what nothing else decides on."""


def solved(image: Image, alpha: Alpha) -> Alpha:
    """Alpha in whose open pixels the picture's colours decide.

    Parameters
    ----------
    image
        uint8 (H, W, 3) BGR.
    alpha
        uint8 (H, W); `UNKNOWN` where nobody knows. What else it holds stays; without a pixel of room, all of it.
    """
    if not (alpha == 0).any() or not (alpha == UNKNOWN).any():
        return alpha
    scale = min(1.0, _SIDE_PX / max(alpha.shape))
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    given = np.asarray(cv2.resize(alpha, small.shape[1::-1], interpolation=cv2.INTER_NEAREST), np.uint8)
    found = cv2.resize(_solve(np.divide(small, 255), given), alpha.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    return np.where(alpha == UNKNOWN, found, alpha)


def _solve(colours: NDArray[np.float64], given: Alpha) -> Alpha:
    from scipy.sparse import csr_array, eye_array  # only those who train need it
    from scipy.sparse.linalg import spsolve

    unknown = given == UNKNOWN
    windows = _windows(unknown)
    values = np.eye(_WINDOW) - _affinities(colours.reshape(-1, 3)[windows])
    rows = np.repeat(windows, _WINDOW, axis=1).ravel()
    columns = np.tile(windows, (1, _WINDOW)).ravel()
    laplacian = csr_array((values.ravel(), (rows, columns)), shape=(given.size, given.size))
    open_, known = np.flatnonzero(unknown), np.flatnonzero(~unknown)
    ours = laplacian[open_]
    right = _HALF / 2 - ours[:, known] @ (given.ravel()[known] / 255)
    alpha = given.copy()
    solution = spsolve((ours[:, open_] + _HALF * eye_array(len(open_))).tocsc(), right)
    alpha[unknown] = (solution * 255).round().clip(0, 255).astype(np.uint8)
    return alpha


def _windows(unknown: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Indices (N, 9) of the pixels of each window that holds an open one."""
    indices = np.arange(unknown.size).reshape(unknown.shape)
    each = np.lib.stride_tricks.sliding_window_view(indices, (3, 3))
    has_open = np.lib.stride_tricks.sliding_window_view(unknown, (3, 3)).any((2, 3))
    return each[has_open].reshape(-1, _WINDOW)


def _affinities(colours: NDArray[np.float64]) -> NDArray[np.float64]:
    """How alike the pixels of each window are, (N, 9, 9), of their colours (N, 9, 3): equation 12 there."""
    apart = colours - colours.mean(1, keepdims=True)
    covariance = apart.transpose(0, 2, 1) @ apart / _WINDOW + _EVEN / _WINDOW * np.eye(3)
    alike: NDArray[np.float64] = (1 + apart @ np.linalg.inv(covariance) @ apart.transpose(0, 2, 1)) / _WINDOW
    return alike
