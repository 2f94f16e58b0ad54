from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from live_seg.matting.preprocess import to_blob
from live_seg.models import Model

MODEL = Model(name="", file=Path(), precision="", mean=(0.1, 0.5, 0.9), std=(0.2, 0.25, 1.0))


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 2**32), st.booleans())
def test_it_is_the_straightforward_formula(width: int, height: int, seed: int, turned: bool) -> None:
    small = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    small = small[::-1, ::-1] if turned else small
    rgb = small[..., ::-1].astype(np.float64) / 255
    wanted = ((rgb - MODEL.mean) / MODEL.std).transpose(2, 0, 1)[None]
    blob = to_blob(small, MODEL)
    assert blob.dtype == np.float32
    assert blob.flags.c_contiguous
    assert np.allclose(blob, wanted, atol=1e-6)
