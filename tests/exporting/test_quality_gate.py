from __future__ import annotations

import math

import pytest

pytest.importorskip("torch")
pytest.importorskip("segmentation_models_pytorch")

from live_seg.exporting.gate import ExportRefused, Measured, check_quality

pytestmark = pytest.mark.training


def of(iou: float) -> Measured:
    return Measured(pictures=10, iou=iou, mad=0.05)


def test_int8_may_lose_a_little_and_may_gain() -> None:
    assert check_quality("int8", of(0.900), of(0.8975)) == pytest.approx(0.25)
    assert check_quality("int8", of(0.900), of(0.902)) == pytest.approx(-0.2)


@pytest.mark.parametrize(("precision", "iou"), [("int8", 0.8965), ("fp16", 0.899), ("int8", 0.0), ("int8", math.nan)])
def test_what_loses_more_is_refused_with_both_figures(precision: str, iou: float) -> None:
    with pytest.raises(ExportRefused, match=r"90\.00 to") as refused:
        check_quality(precision, of(0.900), of(iou))
    assert refused.value.cure
