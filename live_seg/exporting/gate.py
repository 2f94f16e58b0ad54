"""Refuses a model file that is worse than the network that it was made from."""

from __future__ import annotations

from live_seg.exporting.refused import ExportRefused
from live_seg.exporting.validation import Measured

ALLOWED = {"fp16": 0.05, "int8": 0.5}
"""IoU points (of 100) that a precision may lose against fp32."""


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
