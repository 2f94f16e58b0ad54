"""While nothing moves, the network need not look again: its last matte is kept.

A matte is carried over to a later frame only if that frame is proven to differ by no more than noise from the very
frame that the network saw, everywhere in the picture. So it says of the later frame what it said of its own, and
bears the later frame's time. The proof is against that one frame, never against the frame before: what changes slowly
adds up until it is seen.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from live_seg.config.tree import Gate as GateConfig
from live_seg.frame import Alpha, Frame, Image, Matte

_BLOCK = 8
"""Pixels of the network's input: the side of a block whose mean is compared; 36 pixels of a frame of 720 lines."""

_SPOT = (3, 3)
"""Neighbourhood whose absolute differences are averaged: 13 pixels of a frame of 720 lines, a fingertip."""

_SPOT_LIMIT, _SPOT_NOISE = 3.0, 5.0
"""Levels that a spot may differ by, and how many times the noise more. Noise of webcams, simulated with and without
JPEG, stayed below that in every spot."""

_BLOCK_LIMIT, _BLOCK_NOISE = 1.5, 1.0
"""The same for a block's mean: light that drifts changes it before any spot stands out."""

_MOST_NOISE = 2.0
"""Noise beyond this is not taken for noise: then the network looks at every frame."""

_MEAN_OF_COLOURS = np.full((1, 3), 1 / 3, np.float32)

_LEARN = 0.1
"""How much more noise, in levels, is believed from one frame to the next; less is believed at once."""

_AGREE = 0.005
"""Two mattes whose mean difference (0..1) is over this do not say the same."""


class Gate:
    """Keeps the last matte, and the picture that the network made it from.

    Parameters
    ----------
    config
        Part `gate` of the configuration.
    settle_ms
        After a matte that differs from the one before, the network has to say the same again for so long before it is
        taken at its word. That is `guard.empty_ms`: what the guard does not believe at once, it hears many times.
    """

    def __init__(self, config: GateConfig, settle_ms: float) -> None:
        self._refresh_s = config.refresh_ms / 1e3
        self._settle_s = settle_ms / 1e3
        self._noise = Noise()
        self.reset()

    def reset(self) -> None:
        """Forgets the past: another stream begins."""
        self._seen: Image | None = None
        self._matte: Matte | None = None
        self._same_since_s = 0.0
        self._noise.reset()

    def kept(self, frame: Frame, small: Image) -> Matte | None:
        """The last matte with the frame's time if nothing has changed, or None: then the network has to look.

        Parameters
        ----------
        frame
            Comes after the frame of the last call.
        small
            uint8 (h, w, 3), the frame at the size of the network's input.
        """
        noise = self._noise(small)
        if self._matte is None or self._seen is None or changed(self._seen, small, noise):
            return None
        if self._matte.alpha.shape != frame.image.shape[:2]:
            return None  # of another size, and the same at the network's: the guard would refuse the matte
        is_settled = frame.time - self._same_since_s >= self._settle_s
        is_fresh = 0 <= frame.time - self._matte.time < self._refresh_s
        return replace(self._matte, time=frame.time) if is_settled and is_fresh else None

    def made(self, small: Image, matte: Matte) -> None:
        """The network has looked: what it saw, and its matte."""
        if self._matte is None or not _agree(self._matte.alpha, matte.alpha):
            self._same_since_s = matte.time
        self._seen, self._matte = small, replace(matte, finished=None, halved=None)


class Noise:
    """The camera's noise: mean absolute difference of two frames in the quietest quarter of the picture, in levels."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forgets the past."""
        self._level = 0.0
        self._last: Image | None = None

    def __call__(self, small: Image) -> float:
        """What is believed of it after this frame."""
        last, self._last = self._last, small
        if last is None or last.shape != small.shape:
            self._level = 0.0
            return 0.0
        difference = cv2.transform(_block_means(cv2.absdiff(small, last)), _MEAN_OF_COLOURS).ravel()  # type: ignore[arg-type]
        if difference.any():  # else the camera gave the same picture twice
            quarter = difference.size // 4
            self._level = min(float(np.partition(difference, quarter)[quarter]), self._level + _LEARN, _MOST_NOISE)
        return self._level


def changed(before: Image, after: Image, noise: float) -> bool:
    """Whether two pictures, uint8 (h, w, 3), differ by more than noise in any spot, or in the mean of any block."""
    if before.shape != after.shape:
        return True
    if cv2.blur(cv2.absdiff(before, after), _SPOT).max() > _SPOT_LIMIT + _SPOT_NOISE * noise:
        return True
    drift = cv2.absdiff(_block_means(before), _block_means(after))
    return float(drift.max()) > _BLOCK_LIMIT + _BLOCK_NOISE * noise


def _block_means(image: Image) -> NDArray[np.float32]:
    """float32 (h / 8, w / 8, 3); sides that hold no whole number of blocks are continued by their last pixels.

    The eight rows of a block are summed in whole numbers: half the time of an average over areas in floats.
    """
    below, beside = -image.shape[0] % _BLOCK, -image.shape[1] % _BLOCK
    if below or beside:
        image = cv2.copyMakeBorder(image, 0, below, 0, beside, cv2.BORDER_REPLICATE)  # type: ignore[assignment]
    height, width = image.shape[:2]
    rows = np.add.reduce(image.reshape(height // _BLOCK, _BLOCK, -1), axis=1, dtype=np.uint16)
    upright = rows.astype(np.float32).reshape(height // _BLOCK, width, 3) / _BLOCK
    return np.asarray(
        cv2.resize(upright, (width // _BLOCK, height // _BLOCK), interpolation=cv2.INTER_AREA), np.float32
    )


def _agree(one: Alpha, other: Alpha) -> bool:
    return one.shape == other.shape and cv2.norm(one, other, cv2.NORM_L1) <= _AGREE * 255 * one.size
