"""What changes over a run: the learning rate, the size of the frames, and how they are composed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from live_seg.config import build, values_of
from live_seg.errors import UsageError
from live_seg.frame import Size
from live_seg.training.config import Compose, Phase, TrainConfig


@dataclass(frozen=True, slots=True)
class Stage:
    """Steps of a run in which nothing changes but the learning rate.

    Attributes
    ----------
    start, stop
        First step, from 0, and the one after the last.
    shapes
        Of the batches.
    compose
        How frames are made.
    learning_rate
        The highest of the cosine that these steps are on.
    cosine
        Its first step and the one after its last; other stages may be on it, too.
    """

    start: int
    stop: int
    shapes: tuple[Size, ...]
    compose: Compose
    learning_rate: float
    cosine: tuple[int, int]


def stages(config: TrainConfig) -> list[Stage]:
    """The stages of a run, at least one: `train.phases` in turn, then what is left of the steps, as configured.

    Raises
    ------
    UsageError
        If shares add up to more than one, there is no shape, or a phase has a wrong shape or key.
    """
    train = config.train
    if not train.shapes:
        raise UsageError("train.shapes names no shape", 'Write train.shapes = ["256x160"], for instance.')
    left = 1 - sum(phase.share for phase in train.phases)
    if left < -1e-6:
        raise UsageError(f"the shares of train.phases add up to {1 - left:g}", "They are parts of one run: 1 at most.")
    phases = [*train.phases, Phase(share=max(0.0, left))]
    ends = accumulate(phase.share for phase in phases)
    starts = [0, *(min(train.steps, round(train.steps * end)) for end in ends)]
    cosines = [0, *(at for phase, at in zip(phases, starts, strict=False) if phase.learning_rate and at), train.steps]
    found, highest = [], train.learning_rate
    for phase, start, stop in zip(phases, starts, starts[1:], strict=False):
        highest = phase.learning_rate or highest
        cosine = max(at for at in cosines if at <= start), next((at for at in cosines if at > start), train.steps)
        shapes = tuple(scaled(_size(text), phase.scale) for text in phase.shapes or train.shapes)
        compose = _composed(config.compose, phase.compose)
        if stop > start:
            found.append(Stage(start, stop, shapes, compose, highest, cosine))
    return found


def stage_at(found: Sequence[Stage], step: int) -> int:
    """Which of a run's stages a step belongs to."""
    return next(number for number, stage in enumerate(found) if step < stage.stop)


def rate(step: int, steps: int, warm_up: int, final: float) -> float:
    """Share of the highest learning rate at a step: a line up, then a cosine down (Loshchilov and Hutter 2017).

    Parameters
    ----------
    step
        From 0.
    steps
        Of the whole line and cosine.
    warm_up
        Steps of the line.
    final
        Share at the end.
    """
    rising = min(1.0, (step + 1) / warm_up) if warm_up else 1.0
    falling = 0.5 * (1 + math.cos(math.pi * min(1.0, step / steps)))
    return rising * (final + (1 - final) * falling)


def scaled(shape: Size, scale: float) -> Size:
    """The shape with other sides, multiples of 32 and at least that.

    Small frames first teach what a person is in a third of the time.
    """
    return Size(*(max(1, round(side * scale / 32)) * 32 for side in shape))


def _size(text: str) -> Size:
    try:
        return Size.parse(text)
    except ValueError as error:
        raise UsageError(f"train: a shape is wrong: {error}", "Write WIDTHxHEIGHT, for instance 288x160.") from None


def _composed(compose: Compose, changes: dict[str, float]) -> Compose:
    """The part `compose` with some keys changed, checked as the whole configuration is."""
    values = values_of(TrainConfig(compose=compose))["compose"]
    result = build({"compose": {**values, **changes}}, TrainConfig).compose
    total = result.natural + result.reframed + result.empty
    if total > 1 + 1e-6:
        raise UsageError(
            f"compose: natural, reframed and empty add up to {total:g}", "They are shares of a batch: 1 at most."
        )
    return result
