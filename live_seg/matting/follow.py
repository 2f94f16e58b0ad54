"""A matte moved along with the picture: what stands in for the network between two of its looks."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from live_seg.frame import Image
from live_seg.matting.steady import SmallAlpha

_LEAST_SIDE = 64
"""The flow is computed at half the size of the network's input unless a side would be shorter than this."""

_CUT = 30.0
"""A mean change over the whole picture, in levels, that no motion of a person makes: another scene."""

_UNLIKE, _NOISE = 0.2, 2.0
"""A spot is not what the flow says that came there if it differs by more than so many standard deviations of the
picture, and by more levels than noise: by the picture's contrast, since a dark room has few levels in all."""

_LOST = 0.25
"""Share of such spots above which the flow explains nothing: another scene. On 18 clips, three frames on, in full
light and at a sixth of it, the most was 0.24. After 76 cuts between them that `_CUT` let pass, where up to 43 % of the
picture was the new room under the old person's matte, the least was 0.41."""

_GONE = 0.7
"""The same of what the matte would show, however small a part of the picture that is: whoever stood there does no more.
Of a drawn person who is gone it is over 0.95; on the clips it was at most 0.65 where somebody moves about, and 0.79
where he comes in."""


class Follow:
    """Keeps the network's last matte and picture, and moves the matte by the optical flow since then.

    The flow is always from the picture that the network saw, so that errors do not add up from frame to frame.
    T. Kroeger, R. Timofte, D. Dai, L. Van Gool, "Fast Optical Flow using Dense Inverse Search", arXiv:1603.03590, by
    OpenCV; it and the warp take 0.7 ms for an input of 288x160.
    """

    def __init__(self) -> None:
        self._flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
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
        flow = self._flow.calc(grey, self._grey, None)  # type: ignore[call-overload]  # None: a new array
        unlike = _unlike(flow, self._grey, grey)
        if cv2.countNonZero(unlike) > _LOST * unlike.size:
            return None
        height, width = self._alpha.shape
        scale = np.array([width / grey.shape[1], height / grey.shape[0]], np.float32)
        came_from = cv2.resize(flow, (width, height)) * scale + _places(height, width)
        moved = cv2.remap(self._alpha, came_from, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)  # type: ignore[call-overload]
        nearest = cv2.resize(moved, unlike.shape[::-1], interpolation=cv2.INTER_NEAREST)
        shown = cv2.inRange(nearest, np.array(0.5), np.array(2.0))
        if cv2.countNonZero(cv2.bitwise_and(shown, unlike)) > _GONE * cv2.countNonZero(shown):
            return None
        return np.asarray(moved, np.float32)


def _unlike(flow: NDArray[np.float32], before: NDArray[np.uint8], after: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """255 where the flow does not make the picture before into nearly the one after, else 0."""
    came_from = flow + _places(*after.shape)
    moved = cv2.remap(before, came_from, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)  # type: ignore[call-overload]
    limit = max(_NOISE, _UNLIKE * float(cv2.meanStdDev(after)[1][0, 0]))
    return np.asarray(
        cv2.threshold(cv2.blur(cv2.absdiff(after, moved), (3, 3)), limit, 255, cv2.THRESH_BINARY)[1], np.uint8
    )


@lru_cache(maxsize=4)
def _places(height: int, width: int) -> NDArray[np.float32]:
    """float32 (h, w, 2): each pixel's own x and y. The array is shared: do not write to it."""
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    return np.dstack([columns, rows])


def _grey(small: Image) -> NDArray[np.uint8]:
    grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8)
    if min(grey.shape) < 2 * _LEAST_SIDE:
        return grey
    half = (grey.shape[1] // 2, grey.shape[0] // 2)
    return np.asarray(cv2.resize(grey, half, interpolation=cv2.INTER_AREA), np.uint8)
