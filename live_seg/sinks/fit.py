"""Fitting a picture into a size that must not change."""

from __future__ import annotations

import cv2
import numpy as np

from live_seg.frame import Image, Size


def fit(picture: Image, size: Size) -> Image:
    """The whole picture as large as it goes, undistorted and centred; the rest is black, or transparent in BGRA.

    Parameters
    ----------
    picture
        uint8 (H, W, 3) or (H, W, 4).
    size
        Of the result.

    Returns
    -------
    Image
        uint8 of that size and as many channels; `picture` itself if it has the size already.
    """
    own = Size.of(picture)
    if own == size:
        return picture
    scale = min(size.width / own.width, size.height / own.height)
    width = min(size.width, max(1, round(own.width * scale)))
    height = min(size.height, max(1, round(own.height * scale)))
    smooth = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    left, top = (size.width - width) // 2, (size.height - height) // 2
    result = np.zeros((size.height, size.width, picture.shape[2]), np.uint8)
    result[top : top + height, left : left + width] = cv2.resize(picture, (width, height), interpolation=smooth)
    return result
