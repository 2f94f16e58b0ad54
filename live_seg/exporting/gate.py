"""Refuses a model file that is worse than the network that it was made from."""

from __future__ import annotations

from dataclasses import dataclass

from live_seg.errors import LiveSegError

ALLOWED = {"fp16": 0.05, "int8": 0.3}
"""IoU points (of 100) that a precision may lose against fp32."""


class ExportRefused(LiveSegError):
    """A model file did not pass a check; nothing was written."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Means over the pictures, 0..1.

    Attributes
    ----------
    pictures
        How many were measured.
    iou
        Intersection over union, threshold one half.
    mad
        Mean absolute difference of the alpha, with the row's `logit_gain`.
    """

    pictures: int
    iou: float
    mad: float


def check_quality(precision: str, reference: Measured, candidate: Measured) -> float:
    """IoU points (of 100) that the candidate loses against fp32; negative where it gains.

    Raises
    ------
    ExportRefused
        If it loses more than `ALLOWED` for its precision, or is not a number.
    """
    lost = 100 * (reference.iou - candidate.iou)
    if not lost <= ALLOWED[precision]:
        raise ExportRefused(
            f"{precision} loses {lost:.2f} IoU points on {candidate.pictures} pictures "
            f"({100 * reference.iou:.2f} to {100 * candidate.iou:.2f}), {ALLOWED[precision]} are allowed",
            "Calibrate on more pictures, like those that will come; nothing was written.",
        )
    return lost
