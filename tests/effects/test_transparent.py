from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from live_seg.config import Config
from live_seg.effects.transparent import Transparent, cut_out


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 2**32))
def test_it_gives_straight_alpha_and_nothing_of_the_room(width: int, height: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    image = random.integers(0, 256, (height, width, 3), np.uint8)
    alpha = random.choice(np.array([0, 0, 1, 15, 16, 128, 255], np.uint8), (height, width))
    seen, sure = alpha > 15, alpha == 255  # fainter is nothing
    for picture, as_in_image in ((cut_out(image, alpha), seen), (Transparent(Config())(image, alpha), sure)):
        assert picture.shape == (height, width, 4)
        assert np.array_equal(picture[seen][:, 3], alpha[seen])
        assert np.array_equal(picture[as_in_image][:, :3], image[as_in_image])
        assert not picture[~seen].any()


@pytest.mark.parametrize("fits", [True, False])
def test_it_writes_into_an_array_of_its_shape_only(fits: bool) -> None:
    image, alpha = np.full((4, 5, 3), 9, np.uint8), np.full((4, 5), 255, np.uint8)
    out = np.zeros((4, 5, 4 if fits else 3), np.uint8)
    picture = Transparent(Config())(image, alpha, out)
    assert (picture is out) == fits
    assert (picture == (9, 9, 9, 255)).all()
