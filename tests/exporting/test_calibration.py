from __future__ import annotations

from pathlib import Path

import numpy as np

from live_seg.exporting.calibration import sample, several_shapes

PICTURES = [Path(f"picture-{number}.png") for number in range(50)]


def test_a_seed_gives_the_same_pictures_whatever_their_order() -> None:
    assert sample(PICTURES, 10, seed=3) == sample(PICTURES[::-1], 10, seed=3)
    assert sample(PICTURES, 10, seed=3) != sample(PICTURES, 10, seed=4)
    assert len(set(sample(PICTURES, 10))) == 10


def test_fewer_pictures_than_wanted_are_all_taken() -> None:
    assert sample(PICTURES, 200) == sorted(PICTURES, key=lambda file: file.name)


def test_rare_shapes_come_first_into_the_comparison() -> None:
    usual, rare = np.zeros((1, 3, 32, 64), np.float32), np.zeros((1, 3, 64, 32), np.float32)
    chosen = several_shapes([usual.copy() for _ in range(9)] + [rare], 3)
    assert [blob.shape for blob in chosen].count(rare.shape) == 1
    assert len(chosen) == 3
