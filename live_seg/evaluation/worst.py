"""The pictures that a model does worst on: where to look before training on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from live_seg.evaluation.candidate import Candidate
from live_seg.evaluation.pairs import read_image
from live_seg.evaluation.score import Score
from live_seg.evaluation.sheet import contact_sheet, errors_overlay
from live_seg.frame import Image


def worst(scores: Sequence[Score], count: int = 20, measure: str = "iou") -> list[Score]:
    """The scores with the worst value, the worst first: the highest of a false area, the lowest of others."""
    known = [score for score in scores if measure in score.values]
    return sorted(known, key=lambda score: score.values[measure], reverse=measure == "false_area")[:count]


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


def worst_rooms_sheet(candidate: Candidate, scores: Sequence[Score], count: int = 20) -> Image:
    """The same of pictures without persons: red is what was taken for one; the share of it is in the caption."""

    def tile(score: Score) -> tuple[str, Image]:
        assert score.file is not None
        image = read_image(score.file)
        nobody = np.zeros(image.shape[:2], np.uint8)
        return f"{score.values['false_area']:.1%} {score.picture}", errors_overlay(
            image, candidate.still(image), nobody
        )

    return contact_sheet(map(tile, worst(scores, count, "false_area")))
