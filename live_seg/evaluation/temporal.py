"""How calm a matte is from frame to frame."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from live_seg.frame import Alpha, Image

Flow = NDArray[np.float32]
"""float32 (H, W, 2): where a pixel of this frame was in the frame before, as an offset (x, y) in pixels."""

CUT = 0.12
"""A mean difference of the pictures after the flow above this share of the range is a cut: nothing moves so."""


LEAST_SIDE_PX = 16
"""OpenCV's flow refuses less than 12, and crashes at heights of 12 to 15 where the width is more."""


def dtssd(now: Alpha, before: Alpha, truth_now: Alpha, truth_before: Alpha) -> float:
    """Root of the mean squared error of a matte's change in time, 0..2.

    Of Erofeev et al., "Perceptually motivated benchmark for video matting", BMVC 2015. Often written times 100.
    """
    change = now.astype(np.float32) - before
    due = truth_now.astype(np.float32) - truth_before
    return float(np.sqrt(np.square((change - due) / 255).mean()))


def motion(now: Image, before: Image) -> Flow | None:
    """Where each pixel of `now` was in `before`, by dense inverse search (Kroeger et al., ECCV 2016); None: a cut."""
    search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    bright, bright_before = grey(now), grey(before)
    flow: Flow = search.calc(bright, bright_before, None)  # type: ignore[call-overload]
    return None if warped_difference(bright, bright_before, flow) > CUT else flow


def grey(image: Image) -> NDArray[np.uint8]:
    """Brightness of a picture, uint8 (H, W)."""
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)


def warped(before: Alpha, flow: Flow) -> tuple[Alpha, NDArray[np.bool_]]:
    """`before` moved along the flow to now, and where that came from within the picture."""
    height, width = before.shape
    x = np.arange(width, dtype=np.float32)[None, :] + flow[:, :, 0]
    y = np.arange(height, dtype=np.float32)[:, None] + flow[:, :, 1]
    moved: Alpha = cv2.remap(before, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)  # type: ignore[assignment]
    return moved, (x >= 0) & (x <= width - 1) & (y >= 0) & (y <= height - 1)


def warped_difference(now: Alpha, before: Alpha, flow: Flow) -> float:
    """Mean absolute difference of a matte and the one before moved along the flow, 0..1, where both are seen: flicker.

    What of its change is not explained by the picture's motion, as temporal stability is measured since Lai et al.,
    "Learning blind video temporal consistency", ECCV 2018; on mattes in place of pictures.
    """
    moved, seen = warped(before, flow)
    return float(cv2.absdiff(now, moved)[seen].mean() / 255) if seen.any() else 0.0
