"""How well an outline is met: pure functions on masks of one picture."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from live_seg.evaluation.metrics import Mask, iou

BAND = 0.02
"""Width of the band of `boundary_iou` over the picture's diagonal: as in Cheng et al. 2021."""

TOLERANCE = 0.008
"""How far an outline may be off in `boundary_f`, over the diagonal: as in Perazzi et al. 2016."""


def boundary_iou(predicted: Mask, truth: Mask, band: float = BAND) -> float:
    """Intersection over union of the bands inside two masks' outlines, 0..1; 1 where both are empty.

    Of Cheng et al., "Boundary IoU: Improving object-centric image segmentation evaluation", CVPR 2021. A mask
    that touches the picture's border has an outline there too.
    """
    width_px = max(1, round(band * math.hypot(*truth.shape)))
    return iou(_inner_band(predicted, width_px), _inner_band(truth, width_px))


def boundary_f(predicted: Mask, truth: Mask, tolerance: float = TOLERANCE) -> float:
    """Harmonic mean of precision and recall of the outline's pixels, 0..1; 1 where neither mask has one.

    Of Perazzi et al., "A benchmark dataset and evaluation methodology for video object segmentation", CVPR 2016:
    a pixel counts as met if the other outline comes within `tolerance` of the diagonal, rounded up to pixels.
    """
    reach_px = math.ceil(tolerance * math.hypot(*truth.shape))
    ours, theirs = _outline(predicted), _outline(truth)
    precision, recall = _met(ours, theirs, reach_px), _met(theirs, ours, reach_px)
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _inner_band(mask: Mask, width_px: int) -> Mask:
    # A square of 2 width + 1 pixels: what that many erosions by 3x3 come to, as in the paper's code.
    side = 2 * width_px + 1
    square = np.ones((side, side), np.uint8)
    inner = cv2.erode(mask.astype(np.uint8), square, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    return np.asarray(mask & (inner == 0), np.bool_)


def _outline(mask: Mask) -> Mask:
    """Pixels that differ from the one to the right, below, or below to the right."""
    padded = np.pad(mask, ((0, 1), (0, 1)), mode="edge")
    here = padded[:-1, :-1]
    outline: Mask = (here ^ padded[:-1, 1:]) | (here ^ padded[1:, :-1]) | (here ^ padded[1:, 1:])
    return outline


def _met(outline: Mask, other: Mask, reach_px: int) -> float:
    """Share of an outline's pixels that lie within `reach_px` of the other; 1 for no pixel at all."""
    count = np.count_nonzero(outline)
    if not count:
        return 1.0
    if not other.any():
        return 0.0
    distance: NDArray[np.float32] = cv2.distanceTransform((~other).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)  # type: ignore[assignment]
    return float(np.count_nonzero(distance[outline] <= reach_px + 1e-3) / count)
