"""The learning rate over a run."""

from __future__ import annotations

import math


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
