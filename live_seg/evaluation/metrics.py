"""How far a matte is from the truth: pure functions on arrays of one picture."""

from __future__ import annotations

import math

import cv2
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


def accuracy(predicted: Mask, truth: Mask) -> float:
    """Share of the pixels that are told right, 0..1."""
    return float(np.count_nonzero(predicted == truth) / truth.size)


def mad(predicted: Alpha, truth: Alpha) -> float:
    """Mean absolute difference of two alphas of one size, as a share of the full range, 0..1."""
    return float(cv2.absdiff(predicted, truth).mean() / 255)


def mse(predicted: Alpha, truth: Alpha) -> float:
    """Mean squared difference of two alphas of one size, the full range being 1: 0..1."""
    difference = cv2.absdiff(predicted, truth).astype(np.float32) / 255
    return float(np.square(difference).mean())


def false_area(predicted: Alpha) -> float:
    """Share of a picture without persons that a matte takes for a person, 0..1."""
    return float(np.count_nonzero(binary(predicted)) / predicted.size)


def gradient_error(predicted: Alpha, truth: Alpha, sigma_px: float = 1.4) -> float:
    """Squared difference of the gradients' lengths, summed over the picture, in thousands.

    Defined, with its Gaussian derivatives of 1.4 pixels and its division by 1000, by Rhemann et al., "A
    perceptually motivated online benchmark for image matting", CVPR 2009. It grows with the picture's size.
    """
    difference = _gradient_length(predicted, sigma_px) - _gradient_length(truth, sigma_px)
    return float(np.square(difference).sum(dtype=np.float64) / 1000)


def _gradient_length(alpha: Alpha, sigma_px: float) -> NDArray[np.float32]:
    # The benchmark cuts its filter where the Gaussian falls under 0.01, and scales it to unit length.
    reach = math.ceil(sigma_px * math.sqrt(-2 * math.log(math.sqrt(2 * math.pi) * sigma_px * 0.01)))
    at = np.arange(-reach, reach + 1, dtype=np.float64)
    bell = np.exp(-np.square(at) / (2 * sigma_px**2))
    slope = -at * bell
    bell, slope = bell / np.linalg.norm(bell), slope / np.linalg.norm(slope)
    level = alpha.astype(np.float32) / 255
    across = cv2.sepFilter2D(level, cv2.CV_32F, slope, bell, borderType=cv2.BORDER_REPLICATE)
    down = cv2.sepFilter2D(level, cv2.CV_32F, bell, slope, borderType=cv2.BORDER_REPLICATE)
    return np.hypot(across, down).astype(np.float32)
