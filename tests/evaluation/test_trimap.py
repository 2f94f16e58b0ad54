from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from networks import write_peer

from live_seg.errors import UsageError
from live_seg.evaluation.adapter import read_adapter
from live_seg.evaluation.measure import Skipped, measure_pairs
from live_seg.evaluation.peer import Peer
from live_seg.evaluation.score import score_trimap
from live_seg.evaluation.split_file import find_data, find_pictures
from live_seg.evaluation.trimap import find_trimaps


def write(file: Path, picture: np.ndarray) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(file), picture)


@pytest.fixture
def pets(tmp_path: Path) -> Path:
    trimap = np.full((20, 30), 2, np.uint8)
    trimap[5:15, 8:22], trimap[7:13, 10:20] = 3, 1
    for name in ("Bengal_1", "Bengal_2", "beagle_1"):
        write(tmp_path / "images" / f"{name}.jpg", np.zeros((20, 30, 3), np.uint8))
        write(tmp_path / "annotations" / "trimaps" / f"{name}.png", trimap)
    (tmp_path / "annotations" / "test.txt").write_text("#Image CLASS-ID SPECIES BREED\nBengal_2 6 1 5\n")
    return tmp_path


def test_the_border_is_half(pets: Path) -> None:
    alpha = find_trimaps(pets)[0].load()[1]
    assert (alpha[0, 0], alpha[6, 9], alpha[10, 15]) == (0, 128, 255)


def test_the_official_split_is_kept(pets: Path) -> None:
    assert [pair.name for pair in find_trimaps(pets, "test")] == ["Bengal_2"]
    assert [pair.name for pair in find_trimaps(pets, "train")] == ["Bengal_1", "beagle_1"]
    assert [sample.name for sample in find_data(pets)] == ["Bengal_2"]
    with pytest.raises(UsageError, match="no part 'val'"):
        find_data(pets, usual="val")
    assert [file.stem for file in find_pictures(pets, usual="train")] == ["Bengal_1", "beagle_1"]
    assert len(find_pictures(pets)) == 3, "as empty rooms, which have nobody in them, all of them count"


def test_without_the_list_nothing_is_trained_on_or_tested_and_an_empty_one_keeps_nothing_back(pets: Path) -> None:
    (pets / "annotations" / "test.txt").unlink()
    for part in ("train", "test"):
        with pytest.raises(UsageError, match=r"test\.txt cannot be read"):
            find_trimaps(pets, part)
    (pets / "annotations" / "test.txt").touch()
    assert len(find_trimaps(pets, "train")) == 3


def test_a_part_that_does_not_exist_is_named(pets: Path) -> None:
    with pytest.raises(UsageError, match="no part 'val'"):
        find_trimaps(pets, "val")


def test_a_trimap_that_is_border_alone_is_named_and_skipped(pets: Path) -> None:
    write(pets / "annotations" / "trimaps" / "Bengal_1.png", np.full((20, 30), 3, np.uint8))
    first, second = measure_pairs([Peer(read_adapter(write_peer(pets)))], find_data(pets, "train"))
    assert isinstance(first, Skipped) and "no pet" in first.why
    assert isinstance(second, list)


def test_unknown_pixels_count_in_one_accuracy_only() -> None:
    truth = np.array([[255, 255, 128, 0]], np.uint8)
    predicted = np.array([[255, 0, 0, 0]], np.uint8)
    values = score_trimap(predicted, truth)
    assert values["accuracy"] == pytest.approx(2 / 3)
    assert values["accuracy_all"] == pytest.approx(2 / 4)
    assert values["iou"] == pytest.approx(1 / 2)
    assert values["mad"] == pytest.approx(1 / 3)
