"""Mattes for pictures that have none: a model makes them, and what another look contradicts is left for a person."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np

from live_seg.errors import UsageError
from live_seg.evaluation.metrics import binary, iou
from live_seg.evaluation.pairs import read_image
from live_seg.frame import Alpha, Image

Look = Callable[[Image], Alpha]
"""Matte, uint8 (H, W), of a picture, uint8 (H, W, 3) BGR."""

_LEAST_SHARE = 0.005
"""Of the picture's area: what is smaller is a fleck more often than a person."""


@dataclass(frozen=True, slots=True)
class Label:
    """What became of a picture.

    Attributes
    ----------
    picture
        Its file.
    matte
        Alpha of the persons in it, uint8 (H, W), at the picture's size; None if none is worth keeping.
    agreement
        Smallest IoU of any two masks, the model's and the judges', 0..1.
    share
        Of the picture's area that the model takes for persons, 0..1.
    why
        Why there is no matte; empty if there is one.
    """

    picture: Path
    matte: Alpha | None
    agreement: float = 0.0
    share: float = 0.0
    why: str = ""


def label(pictures: Iterable[Path], model: Look, judges: Sequence[Look], least_iou: float) -> Iterator[Label]:
    """For each picture in turn the model's matte if all judges agree with it and with each other, else why not.

    Parameters
    ----------
    pictures
        Files.
    model
        Makes the mattes.
    judges
        Others that look at the same picture, at least one.
    least_iou
        Smallest IoU of two masks that a matte is kept for, 0..1.
    """
    for picture in pictures:
        try:
            image = read_image(picture)
        except UsageError as error:
            yield Label(picture, None, why=error.what)
            continue
        matte = np.array(model(image))  # a copy: the next picture may use its buffer
        masks = [binary(matte), *(binary(judge(image)) for judge in judges)]
        agreement = min(iou(one, other) for one, other in combinations(masks, 2))
        share = float(masks[0].mean())
        if share < _LEAST_SHARE:
            yield Label(picture, None, agreement, share, "nobody is seen")
        elif agreement < least_iou:
            yield Label(picture, None, agreement, share, f"the looks disagree: IoU {agreement:.2f}")
        else:
            yield Label(picture, matte, agreement, share)
