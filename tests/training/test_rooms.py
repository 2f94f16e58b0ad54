from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip("torch")

import torch
from small_run import config

from live_seg.training.compose import load_rooms
from live_seg.training.compose.rooms import free_part
from live_seg.training.config import Data
from live_seg.training.data import training_samples
from live_seg.training.material import load_material
from live_seg.training.readers import read
from live_seg.training.schedule import stages

pytestmark = pytest.mark.training


def test_the_largest_part_without_anybody_is_a_room() -> None:
    alpha = np.zeros((300, 500), np.uint8)
    alpha[:, 100:120] = 255
    rows, columns = free_part(alpha) or (slice(0), slice(0))
    assert columns.start >= 120 and (rows.stop - rows.start) * 16 == pytest.approx(
        (columns.stop - columns.start) * 9, abs=16
    )
    assert columns.stop - columns.start > 350
    alpha[:, 300:320] = 30  # somebody may be there
    assert free_part(alpha) is None, "what is left is too small"
    assert free_part(np.zeros((300, 500), np.uint8)) == (slice(0, 276), slice(0, 491))


def test_a_weight_of_a_source_that_is_nowhere_is_told(portraits: Path, rooms: Path, tmp_path: Path) -> None:
    weights = {"figure": 2.0, "wall": 2.0, "free": 1.0, "waal": 3.0}
    run = config(portraits, tmp_path, data={"rooms": [str(rooms)], "weights": weights})
    told: list[str] = []
    load_material(run, training_samples(run), stages(run), torch.device("cpu"), told.append)
    assert [line for line in told if "weights" in line] == ["data.weights: no picture and no room is of waal"]


def test_of_a_split_file_only_its_own_part_is_trained_on(tmp_path: Path) -> None:
    for part, level in (("train", 40), ("test", 200)):
        (tmp_path / part).mkdir()
        cv2.imwrite(str(tmp_path / part / f"{part}-1.png"), np.full((300, 500, 3), level, np.uint8))
    (tmp_path / "index.csv").write_text("split,name\ntrain,train-1\ntest,test-1\n")
    found = load_rooms(Data(rooms=[str(tmp_path / "index.csv")]))
    assert len(found.pictures) == 1 and int(found.pictures.max()) == 40


def test_parts_of_pictures_in_which_everybody_has_a_mask_are_rooms(tmp_path: Path, rooms: Path) -> None:
    for part, value in (("images", 90), ("masks", 0)):
        (tmp_path / part).mkdir()
        for name in ("known-1", "some-1", "known-2"):
            picture = np.full((300, 500), value, np.uint8)
            picture[:, :40] = 255
            cv2.imwrite(str(tmp_path / part / f"{name}.png"), picture)
    data = Data(rooms=[str(rooms)], free=["known"], weights={"free": 3.0})
    found, without = load_rooms(data, read(str(tmp_path))), load_rooms(Data(rooms=[str(rooms)]))
    assert len(found.pictures) == len(without.pictures) + 2
    assert found.weights.tolist() == [*without.weights.tolist(), 3.0, 3.0]
    assert float(found.pictures[-1].float().mean()) == 90
    few = load_rooms(replace(data, free=["some", "left_out"], most=2), read(str(tmp_path)))
    assert len(few.pictures) == 3  # of a trial with few pictures, or without a source, what there is
