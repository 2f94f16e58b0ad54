"""Temporal smoothing that does not smear moving hands.

What flickers are small changes from frame to frame; what moves are large ones. So a pixel whose alpha changes
little is averaged with its past, and one that changes much is taken as it is, at once.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

STEP = 0.25
"""A change of alpha that is a motion and not a flicker: half-way from sure background to undecided."""

LIGHT = 12.0
"""A mean change of the picture (levels of 255, over 5x5 pixels) that is a motion: above a webcam's noise."""

CUT = 40.0
"""A mean change over the whole picture that is a new scene, in levels of 255."""

SmallAlpha = NDArray[np.float32]
"""float32 (h, w) at the network's size, 0..1."""


class Steady:
    """Keeps the last matte and picture at the network's size.

    Parameters
    ----------
    strength
        0 changes nothing; 1 lets small changes pass by a tenth a frame.
    """

    def __init__(self, strength: float) -> None:
        self._strength = np.float32(0.9 * strength)
        self._alpha: SmallAlpha | None = None
        self._grey: NDArray[np.uint8] | None = None

    def __call__(self, alpha: SmallAlpha, small: NDArray[np.uint8]) -> SmallAlpha:
        """The matte, averaged over time where neither it nor the picture moves.

        Parameters
        ----------
        alpha
            float32 (h, w), 0..1.
        small
            uint8 (h, w, 3), the picture that it was made from, at the same size.
        """
        if not self._strength:
            return alpha
        grey: NDArray[np.uint8] = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)  # type: ignore[assignment]
        last, last_grey = self._alpha, self._grey
        if last is None or last_grey is None or last.shape != alpha.shape:
            self._alpha, self._grey = alpha.copy(), grey
            return alpha
        moved = cv2.blur(cv2.absdiff(grey, last_grey), (5, 5)).astype(np.float32)
        if moved.mean() > CUT:
            self._alpha, self._grey = alpha.copy(), grey
            return alpha
        self._alpha, self._grey = _averaged(alpha, last, moved, self._strength), grey
        return self._alpha

    def reset(self) -> None:
        """Forgets the past: the next frame is the first."""
        self._alpha = self._grey = None


def _averaged(alpha: SmallAlpha, last: SmallAlpha, moved: NDArray[np.float32], strength: np.float32) -> SmallAlpha:
    """alpha - strength * max(0, 1 - motion²) * (alpha - last), where motion is the larger of both over their measure.

    Written into two arrays: with an array for each step they would not stay in a core's own cache. Overwrites `moved`.
    """
    change = alpha - last
    keep = np.abs(change)
    keep /= np.float32(STEP)
    moved /= np.float32(LIGHT)
    np.maximum(keep, moved, out=keep)
    keep *= keep
    np.subtract(np.float32(1), keep, out=keep)
    np.maximum(np.float32(0), keep, out=keep)  # 0: all new
    keep *= strength
    keep *= change
    averaged: SmallAlpha = np.subtract(alpha, keep, out=change)
    return averaged
