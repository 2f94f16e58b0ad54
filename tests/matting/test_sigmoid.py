from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis.extra import numpy as nps
from hypothesis.strategies import floats

from live_seg.matting.sigmoid import to_alpha


@given(nps.arrays(np.float32, (1, 1, 5, 7), elements=floats(-(2.0**90), 2.0**90, width=32, allow_subnormal=False)))
def test_it_is_the_straightforward_formula_and_never_leaves_its_range(logits: np.ndarray) -> None:
    before = logits.copy()
    alpha = to_alpha(logits)
    assert alpha.dtype == np.float32
    assert alpha.shape == (5, 7)
    assert alpha.min() >= 0
    assert alpha.max() <= 1
    assert np.allclose(alpha, 1 / (1 + np.exp(-logits[0, 0].astype(np.float64).clip(-700, 700))), atol=1e-6)
    assert np.array_equal(logits, before)  # an engine may keep its output


def test_what_is_sure_is_all_or_nothing() -> None:
    assert (to_alpha(np.full((1, 1, 2, 2), 50, np.float32)) == 1).all()
    assert (to_alpha(np.full((1, 1, 2, 2), -50, np.float32)) < 1e-12).all()
