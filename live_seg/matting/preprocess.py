"""From a frame to the network's input."""

from __future__ import annotations

import numpy as np

from live_seg.engines import Blob
from live_seg.frame import Image
from live_seg.models import Model


def to_blob(small: Image, model: Model) -> Blob:
    """float32 (1, 3, H, W) RGB, less the model's mean, over its deviation, of a uint8 BGR image at the network's size.

    One table of 256 values a channel does the arithmetic: 0.1 ms at 288x160.
    """
    height, width = small.shape[:2]
    blob = np.empty((1, 3, height, width), np.float32)
    levels = np.arange(256, dtype=np.float32) / np.float32(255)
    for channel, (mean, deviation) in enumerate(zip(model.mean, model.std, strict=True)):
        table = (levels - np.float32(mean)) / np.float32(deviation)
        np.take(table, small[:, :, 2 - channel], out=blob[0, channel], mode="clip")
    return blob
