"""Quality of a graph on pictures with masks, at full picture size, each in its own shape."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from live_seg.engines import Blob
from live_seg.evaluation.measure import load_checked
from live_seg.evaluation.metrics import binary, iou, mad
from live_seg.evaluation.pairs import Sample
from live_seg.evaluation.trimap import TrimapPair, known_pixels
from live_seg.exporting.calibration import Tell, to_input
from live_seg.exporting.gate import Measured
from live_seg.exporting.parity import Run
from live_seg.frame import Alpha, Size
from live_seg.models import Model


def measure(run: Run, row: Model, pairs: Sequence[Sample], tell: Tell, step: str) -> Measured:
    """Quality of a network under the input rule of a row; logits are enlarged bilinearly, nothing is refined.

    Raises
    ------
    UsageError
        If a pair cannot be read, or nobody is in it: a network that finds nothing would be right there.
    """
    values = []
    for number, pair in enumerate(pairs, 1):
        image, truth = load_checked(pair)
        alpha = enlarged_alpha(run(to_input(image, row)), Size.of(image), row.logit_gain)
        if isinstance(pair, TrimapPair):
            alpha, truth = known_pixels(alpha, truth)
        values.append((iou(binary(alpha), binary(truth)), mad(alpha, truth)))
        tell(step, number, len(pairs))
    means = np.mean(values, axis=0)
    return Measured(len(pairs), float(means[0]), float(means[1]))


def enlarged_alpha(logits: Blob, size: Size, gain: float) -> Alpha:
    """Alpha of that size for logits (1, 1, h, w): enlarged bilinearly, then through the sigmoid."""
    large = cv2.resize(logits[0, 0], size, interpolation=cv2.INTER_LINEAR) * gain
    alpha = 255 / (1 + np.exp(-np.clip(large, -40, 40)))
    return np.asarray(np.rint(alpha), np.uint8)
