import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from live_seg.frame import Size
from live_seg.sinks.fit import fit

sides = st.integers(1, 90)
sizes = st.builds(Size, sides, sides)


@settings(max_examples=200)
@given(sizes, sizes, st.sampled_from([3, 4]))
def test_the_whole_picture_is_centred_and_the_rest_is_nothing(own, asked, channels):
    picture = np.full((own.height, own.width, channels), 255, np.uint8)
    result = fit(picture, asked)
    assert result.shape == (asked.height, asked.width, channels)
    assert result.dtype == np.uint8
    assert set(np.unique(result)) <= {0, 255}
    rows, columns = np.flatnonzero(result[..., 0].any(1)), np.flatnonzero(result[..., 0].any(0))
    assert abs(rows[0] - (asked.height - 1 - rows[-1])) <= 1
    assert abs(columns[0] - (asked.width - 1 - columns[-1])) <= 1
    assert len(rows) == asked.height or len(columns) == asked.width


@settings(max_examples=200)
@given(sizes, sizes)
def test_the_picture_is_not_distorted_by_more_than_rounding(own, asked):
    picture = np.full((own.height, own.width, 3), 255, np.uint8)
    result = fit(picture, asked)[..., 0] > 0
    width, height = result.any(0).sum(), result.any(1).sum()
    scale = min(asked.width / own.width, asked.height / own.height)
    assert abs(width - max(1, own.width * scale)) <= 0.5 + 1e-6
    assert abs(height - max(1, own.height * scale)) <= 0.5 + 1e-6


def test_a_picture_of_the_size_is_returned_as_it_is():
    picture = np.zeros((4, 6, 3), np.uint8)
    assert fit(picture, Size(6, 4)) is picture


def test_the_picture_is_not_written_to():
    picture = np.full((4, 6, 4), 7, np.uint8)
    picture.flags.writeable = False
    assert (fit(picture, Size(20, 20))[10, 10] == 7).all()
