"""A matte moved along with the picture: what stands in for the network between two of its looks."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from live_seg.frame import Image
from live_seg.matting.steady import SmallAlpha

_LEAST_SIDE = 64
"""The flow is computed at half the size of the network's input unless a side would be shorter than this."""

_CUT = 30.0
"""A mean change over the whole picture, in levels, that no motion of a person makes: another scene."""


class Follow:
    """Keeps the network's last matte and picture, and moves the matte by the optical flow since then.

    The flow is always from the picture that the network saw, so that errors do not add up from frame to frame.
    T. Kroeger, R. Timofte, D. Dai, L. Van Gool, "Fast Optical Flow using Dense Inverse Search", arXiv:1603.03590, by
    OpenCV; it and the warp take 0.7 ms for an input of 288x160.
    """

    def __init__(self) -> None:
        self._flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
        self._grid: NDArray[np.float32] = np.zeros((0, 0, 2), np.float32)
        self.reset()

    def reset(self) -> None:
        """Forgets the matte."""
        self._alpha: SmallAlpha | None = None
        self._small: Image | None = None
        self._grey: NDArray[np.uint8] | None = None

    def look(self, alpha: SmallAlpha, small: Image) -> None:
        """The network's matte, float32 (h, w), of a picture, uint8 (h, w, 3); neither may be changed afterwards."""
        self._alpha, self._small, self._grey = alpha, small, None

    def __call__(self, small: Image) -> SmallAlpha | None:
        """The matte as the picture has moved since; None if there is none of that size, or it shows another scene."""
        if self._alpha is None or self._small is None or self._alpha.shape != small.shape[:2]:
            return None
        grey = _grey(small)
        if self._grey is None:
            self._grey = _grey(self._small)
        if cv2.norm(grey, self._grey, cv2.NORM_L1) > _CUT * grey.size:
            return None
        height, width = self._alpha.shape
        flow = self._flow.calc(grey, self._grey, None)  # type: ignore[call-overload]  # None: a new array
        scale = np.array([width / grey.shape[1], height / grey.shape[0]], np.float32)
        came_from = cv2.resize(flow, (width, height)) * scale + self._places(height, width)
        moved = cv2.remap(self._alpha, came_from, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)  # type: ignore[call-overload]
        return np.asarray(moved, np.float32)

    def _places(self, height: int, width: int) -> NDArray[np.float32]:
        if self._grid.shape[:2] != (height, width):
            rows, columns = np.mgrid[:height, :width].astype(np.float32)
            self._grid = np.dstack([columns, rows])
        return self._grid


def _grey(small: Image) -> NDArray[np.uint8]:
    grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8)
    if min(grey.shape) < 2 * _LEAST_SIDE:
        return grey
    half = (grey.shape[1] // 2, grey.shape[0] // 2)
    return np.asarray(cv2.resize(grey, half, interpolation=cv2.INTER_AREA), np.uint8)
