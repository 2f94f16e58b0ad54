"""Scores of pictures, and their means by source and by the person's size."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from live_seg.evaluation.boundary import boundary_f, boundary_iou
from live_seg.evaluation.metrics import accuracy, binary, false_area, gradient_error, iou, mad, mse
from live_seg.evaluation.pairs import Sample
from live_seg.evaluation.trimap import known_pixels
from live_seg.frame import Alpha

SMALL, LARGE = 0.10, 0.35
"""Shares of the picture's area: a person below is small (far away), one above is large (close to a webcam)."""


@dataclass(frozen=True, slots=True)
class Score:
    """What one model reached on one picture or clip.

    Attributes
    ----------
    model, picture, source
        Names.
    person
        "small", "middle", "large": the person's share of the picture; empty where nobody is there or it is unknown.
    values
        Measure -> value.
    sample
        What was measured, if it has a mask: names are unique in a folder only, and a split file has several.
    file
        The picture's, if it is a file of its own.
    """

    model: str
    picture: str
    source: str
    person: str
    values: dict[str, float]
    sample: Sample | None = field(default=None, repr=False, compare=False)
    file: Path | None = field(default=None, repr=False, compare=False)


def score_pair(predicted: Alpha, truth: Alpha) -> dict[str, float]:
    """Every measure of a matte against the true one of its size."""
    ours, theirs = binary(predicted), binary(truth)
    return {
        "iou": iou(ours, theirs),
        "boundary_iou": boundary_iou(ours, theirs),
        "boundary_f": boundary_f(ours, theirs),
        "mad": mad(predicted, truth),
        "mse": mse(predicted, truth),
        "gradient": gradient_error(predicted, truth),
    }


def score_trimap(predicted: Alpha, truth: Alpha) -> dict[str, float]:
    """Measures of a matte against an alpha of which 128 is unknown: that is left out of all but `accuracy_all`.

    There the unknown border counts as subject, as where a three-class trimap is read as subject and background.
    """
    ours, theirs = known_pixels(predicted, truth)
    return {
        "iou": iou(binary(ours), binary(theirs)),
        "accuracy": accuracy(binary(ours), binary(theirs)),
        "accuracy_all": accuracy(binary(predicted), binary(truth)),
        "mad": mad(ours, theirs),
    }


def score_empty(predicted: Alpha) -> dict[str, float]:
    """Measures of a matte of a picture in which nobody is."""
    return {"false_area": false_area(predicted)}


def person_size(truth: Alpha) -> str:
    """Class of the person's share of the picture."""
    share = float(binary(truth).mean())
    return "small" if share < SMALL else "large" if share > LARGE else "middle"


def mean(scores: Iterable[Score]) -> dict[str, float]:
    """`n`, and the mean of every measure over the pictures that have it."""
    collected: dict[str, list[float]] = {}
    count = 0
    for score in scores:
        count += 1
        for measure, value in score.values.items():
            collected.setdefault(measure, []).append(value)
    return {"n": count, **{measure: sum(values) / len(values) for measure, values in collected.items()}}


def means_by(scores: Iterable[Score], group: Callable[[Score], str]) -> dict[str, dict[str, float]]:
    """Means within groups, sorted by the group's name; scores whose group is empty belong to none."""
    groups: dict[str, list[Score]] = {}
    for score in scores:
        if group(score):
            groups.setdefault(group(score), []).append(score)
    return {name: mean(groups[name]) for name in sorted(groups)}
