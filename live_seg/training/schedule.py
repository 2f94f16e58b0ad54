"""What changes over a run: the learning rate, and the size of the frames."""

from __future__ import annotations

import math
from collections.abc import Sequence

from live_seg.frame import Size


def rate(step: int, steps: int, warm_up: int, final: float) -> float:
    """Share of the highest learning rate at a step: a line up, then a cosine down (Loshchilov and Hutter 2017).

    Parameters
    ----------
    step
        From 0.
    steps
        Of the whole run.
    warm_up
        Steps of the line.
    final
        Share at the end.
    """
    rising = min(1.0, (step + 1) / warm_up) if warm_up else 1.0
    falling = 0.5 * (1 + math.cos(math.pi * min(1.0, step / steps)))
    return rising * (final + (1 - final) * falling)


def grown(shape: Size, growth: Sequence[tuple[float, float]], progress: float) -> Size:
    """The shape at some point of a run: small frames first teach what a person is in a third of the time.

    Parameters
    ----------
    shape
        The whole one.
    growth
        Shares of the run and the scales that the sides have in them, in turn; after them the scale is 1.
    progress
        Share of the run that is over.

    Returns
    -------
    Size
        Sides rounded to multiples of 32, at least 32.
    """
    until = 0.0
    for share, scale in growth:
        until += share
        if progress < until:
            return Size(*(max(1, round(side * scale / 32)) * 32 for side in shape))
    return shape
