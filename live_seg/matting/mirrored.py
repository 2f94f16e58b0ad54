"""A look at a picture and one at its mirror image: the two err in different places, and their mean errs less."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np

from live_seg.frame import Alpha, Frame, Image, Matte


class Mirrored:
    """A matter for still pictures that costs twice another one. Called as a `Matter` is.

    Parameters
    ----------
    matter
        What makes a matte of a frame; called twice a picture.
    """

    def __init__(self, matter: Callable[[Frame], Matte]) -> None:
        self._matter = matter

    def __call__(self, frame: Frame) -> Matte:
        """The mean of both mattes, and of their confidence.

        Raises
        ------
        EngineError
            If the network fails.
        """
        first = self._matter(frame)
        alpha = first.alpha.copy()  # the second look may use the same buffer
        second = self._matter(replace(frame, image=_flipped(frame.image)))
        mean = np.asarray(cv2.addWeighted(alpha, 0.5, _flipped(second.alpha), 0.5, 0, dst=alpha), np.uint8)
        return replace(first, alpha=mean, confidence=(first.confidence + second.confidence) / 2)


def _flipped(pixels: Image | Alpha) -> Image:
    return np.asarray(cv2.flip(pixels, 1), np.uint8)
