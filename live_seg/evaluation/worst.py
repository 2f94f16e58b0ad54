"""The pictures that a model does worst on: where to look before training on."""

from __future__ import annotations

from collections.abc import Sequence

from live_seg.evaluation.candidate import Candidate
from live_seg.evaluation.score import Score
from live_seg.evaluation.sheet import contact_sheet, errors_overlay
from live_seg.frame import Image


def worst(scores: Sequence[Score], count: int = 20, measure: str = "iou") -> list[Score]:
    """The scores with the lowest value, the lowest first."""
    known = [score for score in scores if measure in score.values]
    return sorted(known, key=lambda score: score.values[measure])[:count]


def worst_sheet(candidate: Candidate, scores: Sequence[Score], count: int = 20) -> Image:
    """Contact sheet of a candidate's worst pictures: red is wrongly person, blue is missed.

    Parameters
    ----------
    candidate
        Makes the mattes again, so that no matte has to be kept.
    scores
        Its own of pictures with masks, at least one.
    count
        Pictures on the sheet.
    """

    def tile(score: Score) -> tuple[str, Image]:
        assert score.sample is not None
        image, truth = score.sample.load()
        return f"{score.values['iou']:.3f} {score.picture}", errors_overlay(image, candidate.still(image), truth)

    return contact_sheet(map(tile, worst(scores, count)))
