"""The mean of a look and of one at the mirror image."""

from __future__ import annotations

import numpy as np

from live_seg.frame import Frame, Matte
from live_seg.matting.mirrored import Mirrored

IMAGE = np.arange(2 * 4 * 3, dtype=np.uint8).reshape(2, 4, 3)


class Leftish:
    """Takes the left half for the subject, less of it at each look, and writes every matte into one buffer."""

    def __init__(self) -> None:
        self.shown: list[np.ndarray] = []
        self._buffer = np.zeros((2, 4), np.uint8)

    def __call__(self, frame: Frame) -> Matte:
        self.shown.append(frame.image.copy())
        self._buffer[:] = np.array([200, 100, 0, 0]) // len(self.shown)
        return Matte(self._buffer, 1.0 if len(self.shown) == 1 else 0.5, frame.time)


def test_the_mean_of_both_looks_stands_where_the_picture_does() -> None:
    looks = Leftish()
    matte = Mirrored(looks)(Frame(IMAGE, 3, 1.5))
    assert np.array_equal(looks.shown[0], IMAGE) and np.array_equal(looks.shown[1], IMAGE[:, ::-1])
    assert np.array_equal(matte.alpha, np.tile(np.array([100, 50, 25, 50], np.uint8), (2, 1)))
    assert (matte.confidence, matte.time) == (0.75, 1.5)


def test_the_picture_itself_stays_as_it_is() -> None:
    before = IMAGE.copy()
    Mirrored(Leftish())(Frame(IMAGE, 0, 0.0))
    assert np.array_equal(IMAGE, before)
