from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from live_seg.frame import Size
from live_seg.live.governor import SHARES
from live_seg.models import Model

sides = st.integers(min_value=1, max_value=8192)


def model(area_px: int = 46080, stride: int = 32) -> Model:
    return Model(name="m", file=Path("m.onnx"), precision="fp32", area_px=area_px, stride=stride)


@pytest.mark.parametrize(
    ("frame", "at_46080", "at_38400"),
    [
        ("1280x720", "288x160", "256x160"),
        ("640x480", "256x192", "224x160"),
        ("480x640", "192x256", "160x224"),
        ("720x1280", "160x288", "160x256"),
        ("500x500", "224x224", "192x192"),
    ],
)
def test_usual_frames(frame: str, at_46080: str, at_38400: str) -> None:
    assert model().input_size(Size.parse(frame)) == Size.parse(at_46080)
    assert model(area_px=38400).input_size(Size.parse(frame)) == Size.parse(at_38400)


@pytest.mark.parametrize("area_px", [38400, 46080])
def test_the_governors_smaller_inputs_keep_the_shape_of_a_webcam(area_px: int) -> None:
    sizes = [model(area_px=area_px).input_size(Size(1280, 720), share) for share in SHARES]
    assert sizes == [Size(224, 128), Size(160, 96)]


def test_a_wide_frame_on_a_gpu() -> None:
    assert model(area_px=147456).input_size(Size(1920, 1080)) == Size(512, 288)


@given(sides, sides, st.sampled_from([46080, 86016, 147456]), st.sampled_from([16, 32]))
def test_sides_are_multiples_that_keep_shape_and_area_as_near_as_rounding_lets_them(
    width: int, height: int, area_px: int, stride: int
) -> None:
    size = model(area_px, stride).input_size(Size(width, height))
    assert size.width % stride == size.height % stride == 0
    for side, exact in (
        (size.width, (area_px * width / height) ** 0.5),
        (size.height, (area_px * height / width) ** 0.5),
    ):
        assert side >= stride
        assert abs(side - exact) <= stride / 2 + 1e-6 or (side == stride and exact < stride)


@given(sides, sides)
def test_a_turned_frame_has_the_turned_size(width: int, height: int) -> None:
    upright, wide = model().input_size(Size(width, height)), model().input_size(Size(height, width))
    assert upright == Size(wide.height, wide.width)


@given(sides, sides, st.integers(min_value=2, max_value=4))
def test_only_the_shape_of_the_frame_counts(width: int, height: int, factor: int) -> None:
    assert model().input_size(Size(width, height)) == model().input_size(Size(width * factor, height * factor))
