"""Where a picture cuts the person in it: there the frame has to cut him, too, or he floats in the room."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from live_seg.frame import Alpha

_EDGE_PX = 5
_LEAST = 0.4


class Shown(NamedTuple):
    """What of a person can be put into another room, and at which sides of it he is cut.

    Attributes
    ----------
    left, top, right, bottom
        Its box in pixels.
    cut_left, cut_right, cut_below
        He goes on beyond it.
    """

    left: int
    top: int
    right: int
    bottom: int
    cut_left: bool
    cut_right: bool
    cut_below: bool


def shown(alpha: Alpha) -> Shown:
    """The part of a person from the top that no side of his picture cuts; all of him if that part is too short.

    Of a portrait whose shoulders reach both sides of the picture, it is what lies above the place where they do: the
    frame's lower edge may cut him there. It counts if it is 0.4 of his height or more.

    Parameters
    ----------
    alpha
        uint8 (H, W).
    """
    person = alpha > 127
    if not person.any():  # what was left of the person is softer than half
        return Shown(0, 0, alpha.shape[1], alpha.shape[0], False, False, False)
    left, top, right, bottom = _box(person)
    at_left, at_right = person[:, :_EDGE_PX].any(1), person[:, -_EDGE_PX:].any(1)
    touching = np.flatnonzero(at_left | at_right)
    if len(touching) and touching[0] - top >= _LEAST * (bottom - top):
        left, _, right, _ = _box(person[: touching[0]])
        return Shown(left, top, right, int(touching[0]), False, False, True)
    is_cut_below = bottom > alpha.shape[0] - _EDGE_PX
    return Shown(left, top, right, bottom, bool(at_left.any()), bool(at_right.any()), is_cut_below)


def _box(person: np.ndarray[tuple[int, int], np.dtype[np.bool_]]) -> tuple[int, int, int, int]:
    rows, columns = np.flatnonzero(person.any(1)), np.flatnonzero(person.any(0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
