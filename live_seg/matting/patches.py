"""Patches that hang together with nobody: a chair, a lamp, a bag that the network half takes for a person."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from live_seg.matting.steady import SmallAlpha

_SEEN = 0.2
"""Alpha from which on a pixel belongs to a patch; eight neighbours hang together."""

_RAMP = 0.1
"""From so much less sure up to sure a patch comes in softly: somebody about to be found does not pop up."""

_COMPARABLE = 0.5, 0.9
"""Area, over the largest patch's, from which one begins to stay and stays, whatever it is: of two persons who are
about as large the one that is a little larger changes from frame to frame."""

_AROUND = np.ones((3, 3), np.uint8)


def without_stray(alpha: SmallAlpha, sure: float, gain: float = 1.0) -> SmallAlpha:
    """The matte with patches made fainter that the network is less sure of than of the largest, which stays as it is.

    How sure it is of a patch is the mean of its surer pixels, those over its mean, in the network's own alpha: a hand
    is not judged by its soft edge. Measured against the largest, nothing is lost where it is unsure of everything, as
    of white sleeves before a white wall; what is about as large stays, too. What hangs together is looked up at half
    the size, by the greatest of four pixels.

    Parameters
    ----------
    alpha
        float32 (h, w), 0..1; is left as it is.
    sure
        How sure it has to be of a patch to keep all of it, as a share of how sure it is of the largest, 0..1; 0 keeps
        all patches.
    gain
        What the network's logits were multiplied with for `alpha`.
    """
    if not sure:
        return alpha
    small = _halved(alpha)
    seen = (small > _SEEN).view(np.uint8)
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(seen, connectivity=8)
    if count < 3:  # the room, and one patch at most
        return alpha
    largest = 1 + int(boxes[1:, cv2.CC_STAT_AREA].argmax())
    at = np.flatnonzero(seen)
    kept = np.ones(count, np.float32)
    kept[1:] = _surely(small.ravel()[at], labels.ravel()[at].astype(np.intp) - 1, 1 / gain)
    areas = boxes[1:, cv2.CC_STAT_AREA] / boxes[largest, cv2.CC_STAT_AREA]
    kept[1:] = np.maximum(_share(kept[1:], sure * float(kept[largest])), _smooth(areas, *_COMPARABLE))
    if kept.min() == 1:
        return alpha
    shares = cv2.erode(kept[labels], _AROUND)  # the faint rim goes with its patch
    doubled = cv2.resize(shares, None, fx=2, fy=2, interpolation=cv2.INTER_NEAREST)
    return alpha * doubled[: alpha.shape[0], : alpha.shape[1]]


def _halved(alpha: SmallAlpha) -> SmallAlpha:
    """The greatest of each four pixels; of an odd side the last row or column counts twice."""
    odd = alpha.shape[0] % 2, alpha.shape[1] % 2
    if any(odd):
        alpha = np.pad(alpha, ((0, odd[0]), (0, odd[1])), "edge")
    return np.maximum(np.maximum(alpha[::2, ::2], alpha[::2, 1::2]), np.maximum(alpha[1::2, ::2], alpha[1::2, 1::2]))


def _surely(alpha: SmallAlpha, patch: npt.NDArray[np.intp], power: float) -> SmallAlpha:
    """How sure the network is of each patch, 0..1, of the alpha of all their pixels and each one's patch, 0, 1…"""
    person, room = alpha**power, (1 - alpha) ** power  # the odds before the gain are its root of those after it
    own = np.asarray(person / (person + room), np.float32)
    surer = own >= _means(own, patch)[patch]
    return _means(own[surer], patch[surer])


def _means(values: SmallAlpha, patch: npt.NDArray[np.intp]) -> SmallAlpha:
    return np.asarray(np.bincount(patch, values) / np.bincount(patch), np.float32)


def _share(surely: SmallAlpha, wanted: float) -> SmallAlpha:
    """How much of the patches' alpha stays, 0..1; smooth in how sure the network is."""
    return _smooth(surely, wanted - _RAMP, wanted)


def _smooth(value: SmallAlpha, start: float, end: float) -> SmallAlpha:
    """0 up to `start`, 1 from `end` on, without a bend."""
    share: SmallAlpha = np.clip((value - start) / (end - start), 0, 1)
    return share * share * (3 - 2 * share)
