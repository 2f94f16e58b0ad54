"""Mattes for pictures that have none: a model makes them, and what a second look contradicts is left for a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from live_seg.errors import UsageError
from live_seg.evaluation.candidate import Candidate
from live_seg.evaluation.metrics import binary, iou
from live_seg.evaluation.pairs import read_image
from live_seg.frame import Alpha, Image

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
        Smallest IoU of the model's mask with a judge's, 0..1.
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


def label(pictures: Iterable[Path], model: Candidate, judges: Sequence[Candidate], least_iou: float) -> Iterator[Label]:
    """For each picture in turn the model's matte if all judges agree with it, else why not.

    Without judges the model judges itself, on the mirrored picture: where it is unsure, the two differ.

    Parameters
    ----------
    pictures
        Files.
    model
        Makes the mattes.
    judges
        Others that look at the same picture.
    least_iou
        Smallest IoU with each judge that a matte is kept for, 0..1.
    """
    for picture in pictures:
        try:
            image = read_image(picture)
        except UsageError as error:
            yield Label(picture, None, why=error.what)
            continue
        matte = np.array(model.still(image))  # a copy: the next picture may use its buffer
        mask = binary(matte)
        others = [judge.still(image) for judge in judges] or [_mirrored(model, image)]
        agreement = min(iou(mask, binary(other)) for other in others)
        share = float(mask.mean())
        if share < _LEAST_SHARE:
            yield Label(picture, None, agreement, share, "nobody is seen")
        elif agreement < least_iou:
            yield Label(picture, None, agreement, share, f"the models disagree: IoU {agreement:.2f}")
        else:
            yield Label(picture, matte, agreement, share)


def _mirrored(model: Candidate, image: Image) -> Alpha:
    return np.asarray(cv2.flip(model.still(np.asarray(cv2.flip(image, 1), np.uint8)), 1), np.uint8)
