"""From the network's logits to alpha."""

from __future__ import annotations

import cv2
import numpy as np

from live_seg.engines import Blob
from live_seg.matting.steady import SmallAlpha


def to_alpha(logits: Blob) -> SmallAlpha:
    """Sigmoid of logits (1, 1, h, w): float32 (h, w), 0..1. Logits beyond 40 are as sure as float32 can tell."""
    alpha: SmallAlpha = cv2.exp(np.clip(-logits[0, 0], -40, 40))
    alpha += 1
    return np.reciprocal(alpha, out=alpha)
