"""How far a matte is from the truth: pure functions on arrays of one picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from live_seg.frame import Alpha

Mask = NDArray[np.bool_]
"""bool (H, W), True = person."""


def binary(alpha: Alpha) -> Mask:
    """Mask of an alpha: person is where it is at least one half (128 of 255)."""
    return alpha >= 128


def iou(predicted: Mask, truth: Mask) -> float:
    """Intersection over union of two masks of one size, 0..1; 1 where both are empty."""
    union = np.count_nonzero(predicted | truth)
    return float(np.count_nonzero(predicted & truth) / union) if union else 1.0


def mad(predicted: Alpha, truth: Alpha) -> float:
    """Mean absolute difference of two alphas of one size, as a share of the full range, 0..1."""
    difference = np.where(predicted > truth, predicted - truth, truth - predicted)
    return float(difference.mean() / 255)
