"""Crops of pictures as natural frames of their own."""

from __future__ import annotations

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip("torch")

import torch
from small_run import config

from live_seg.errors import UsageError
from live_seg.evaluation.pairs import Pair
from live_seg.training.compose import load_bank
from live_seg.training.config import Data
from live_seg.training.data import CROP, crops_of, training_samples
from live_seg.training.material import load_material
from live_seg.training.readers import read
from live_seg.training.schedule import stages

pytestmark = pytest.mark.training


def test_how_many_crops_a_source_has() -> None:
    samples = [Pair(Path(f"{source}-{number}.png"), Path()) for source in ("a", "b", "c") for number in range(200)]
    two = Data(crops={"a": 2, "b": 0.5})
    crops = crops_of(samples, two)
    assert [one.name for one in crops[:3]] == ["a-0-crop0", "a-0-crop1", "a-1-crop0"]
    assert {one.source for one in crops} == {CROP}
    assert sum(one.name.startswith("a") for one in crops) == 400
    assert 70 < sum(one.name.startswith("b") for one in crops) < 130
    assert not any(one.name.startswith("c") for one in crops)
    turned = crops_of(samples[::-1], two)
    assert {one.name for one in turned} == {one.name for one in crops}, "whatever their order"


def test_a_source_that_is_nowhere_is_told_and_one_that_a_trial_does_not_reach_is_none(
    portraits: Path, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="figrue"):
        training_samples(config(portraits, tmp_path, data={"crops": {"figrue": 1}}))
    folder = Path(shutil.copytree(portraits, tmp_path / "both"))
    cv2.imwrite(str(folder / "images" / "other-1.png"), np.full((200, 200, 3), 90, np.uint8))
    cv2.imwrite(str(folder / "masks" / "other-1.png"), np.full((200, 200), 255, np.uint8))
    for changed in ({"most": 1}, {"leave_out": ["other"]}):
        run = config(folder, tmp_path, data={"crops": {"figure": 1, "other": 1}, **changed})
        assert len(crops_of(training_samples(run).train, run.data)) >= 1


def test_crops_are_shown_beside_the_pictures_and_put_nobody_into_a_room(portraits: Path, tmp_path: Path) -> None:
    run = config(portraits, tmp_path, data={"crops": {"figure": 2}, "weights": {CROP: 0.5}})
    told: list[str] = []
    samples = training_samples(run)
    material = load_material(run, samples, stages(run), torch.device("cpu"), told.append)
    count = len(samples.train)
    assert told[0].startswith(f"{3 * count} pictures, 0 skipped") and not any("weights" in line for line in told)
    assert material.bank.weights.tolist() == [1.0] * count + [0.5] * 2 * count
    assert material.bank.people.tolist() == [1.0] * count + [0.0] * 2 * count


def test_a_crop_of_a_broken_picture_is_skipped(portraits: Path, tmp_path: Path) -> None:
    for part in ("images", "masks"):
        (tmp_path / part).mkdir()
        cv2.imwrite(str(tmp_path / part / "small-1.png"), np.zeros((100, 100 + len(part)), np.uint8))
    samples = [*read(str(portraits)), *crops_of(read(str(tmp_path)), Data(crops={"small": 1}))]
    bank, skipped = load_bank(samples, 96)
    assert len(bank.pictures) == 8 and [one.picture for one in skipped] == ["small-1-crop0"]
