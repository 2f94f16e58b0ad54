from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from figures import figure

from live_seg.errors import UsageError
from live_seg.frame import Size
from live_seg.training.readers import check, read
from live_seg.training.readers.coco import central, mask_of

pytestmark = pytest.mark.training


def write(file: Path, picture: np.ndarray) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(file), picture)


def test_pairs_are_read_with_or_without_the_readers_name(portraits: Path) -> None:
    assert [one.name for one in read(str(portraits))] == [one.name for one in read(f"pairs:{portraits}")]
    image, alpha = read(str(portraits))[3].load()
    assert np.array_equal(alpha, figure(3)[1]) and np.array_equal(image, figure(3)[0])


def test_a_mask_with_four_channels_is_a_matte(tmp_path: Path) -> None:
    image, mask = figure(1)
    write(tmp_path / "images" / "a.jpg", image)
    write(tmp_path / "masks" / "a.png", np.dstack([image, mask // 2]))
    assert np.array_equal(read(str(tmp_path))[0].load()[1], mask // 2)


def test_aisegment(tmp_path: Path) -> None:
    image, mask = figure(1)
    write(tmp_path / "clip_img" / "180" / "clip_00000000" / "180-1.jpg", image)
    write(tmp_path / "clip_img" / "180" / "clip_00000000" / "180-2.jpg", image)  # no matte
    (tmp_path / "clip_img" / "180" / "clip_00000000" / "._180-1.jpg").write_bytes(b"mac")
    write(tmp_path / "matting" / "180" / "matting_00000000" / "180-1.png", np.dstack([image, mask]))
    (one,) = read(f"aisegment:{tmp_path}")
    assert (one.name, one.source) == ("180-1", "aisegment")
    assert np.array_equal(one.load()[1], mask)


def test_pets(tmp_path: Path) -> None:
    trimap = np.full((20, 30), 2, np.uint8)
    trimap[5:15, 8:22], trimap[7:13, 10:20] = 3, 1
    write(tmp_path / "images" / "Abyssinian_1.jpg", np.zeros((20, 30, 3), np.uint8))
    write(tmp_path / "annotations" / "trimaps" / "Abyssinian_1.png", trimap)
    (one,) = read(f"pets:{tmp_path}")
    alpha = one.load()[1]
    assert one.source == "pets"
    assert (alpha[0, 0], alpha[6, 9], alpha[10, 15]) == (0, 128, 255)
    assert [sample.name for sample in read(f"pets:{tmp_path}")] == ["Abyssinian_1"]
    (tmp_path / "annotations" / "test.txt").write_text("Abyssinian_1 1 1 1\n")
    assert [sample.name for sample in read(f"pets-test:{tmp_path}")] == ["Abyssinian_1"]
    with pytest.raises(UsageError, match="no picture"):
        read(f"pets:{tmp_path}")
    write(tmp_path / "annotations" / "trimaps" / "Abyssinian_1.png", trimap * 60)
    with pytest.raises(UsageError, match="no trimap"):
        one.load()


def polygon(left: int, top: int, right: int, bottom: int, image: int = 1, **more: object) -> dict[str, object]:
    corners = [left, top, right, top, right, bottom, left, bottom]
    area = (right - left) * (bottom - top)
    return {"image_id": image, "category_id": 1, "iscrowd": 0, "area": area, "segmentation": [corners], **more}


def write_coco(folder: Path, annotations: list[dict[str, object]]) -> None:
    (folder / "annotations").mkdir()
    images = [{"id": n, "file_name": f"{n}.png", "width": 40, "height": 30} for n in (1, 2, 3)]
    content = {"images": images, "annotations": annotations}
    (folder / "annotations" / "instances_val2017.json").write_text(json.dumps(content))
    for number in (1, 2):  # the third was not unpacked
        write(folder / "val2017" / f"{number}.png", np.zeros((30, 40, 3), np.uint8))


def test_coco_takes_the_central_large_figure_or_all(tmp_path: Path) -> None:
    crowd = {"size": [30, 40], "counts": [0, 30, 1170]}  # the first column
    write_coco(
        tmp_path,
        [
            polygon(8, 2, 32, 30),
            polygon(0, 0, 6, 6),
            {**polygon(0, 0, 1, 30, iscrowd=1), "segmentation": crowd},
            polygon(10, 10, 20, 20, category_id=18),
            polygon(0, 0, 10, 10, image=2),
        ],
    )
    (one,) = read(f"coco:{tmp_path}")  # nobody in the second picture covers 40 %
    assert one.name == "1" and one.source == "coco"
    alpha = one.load()[1]
    assert alpha[15, 20] == 255 and alpha[3, 3] == 0
    assert np.count_nonzero(alpha) == pytest.approx(24 * 28, rel=0.05)
    both = read(f"coco-all:{tmp_path}")
    everybody = both[0].load()[1]
    assert [sample.name for sample in both] == ["1", "2"]
    assert everybody[3, 3] == 255 and everybody[29, 0] == 255 and everybody[29, 2] == 0


def test_the_central_figure_wins_over_a_larger_one_aside() -> None:
    size = Size(100, 100)
    aside, middle = polygon(0, 0, 90, 60), polygon(20, 10, 80, 90)
    assert central([aside, middle], size) is middle
    assert central([{**middle, "iscrowd": 1}], size) is None
    assert central([polygon(30, 30, 60, 60)], size) is None


def test_run_lengths_go_down_the_columns() -> None:
    annotation = {"segmentation": {"size": [2, 3], "counts": [1, 2, 3]}}
    assert mask_of(annotation, Size(3, 2)).tolist() == [[0, 255, 0], [255, 0, 0]]


def test_bad_pairs_are_named_and_counted(tmp_path: Path) -> None:
    image, mask = figure(1)
    for name in ("good-1", "empty-1", "size-1", "broken-1"):
        write(tmp_path / "images" / f"{name}.png", image)
        write(tmp_path / "masks" / f"{name}.png", mask)
    write(tmp_path / "masks" / "empty-1.png", mask * 0)
    write(tmp_path / "masks" / "size-1.png", mask[:-4])
    (tmp_path / "images" / "broken-1.png").write_bytes(b"not a picture")
    report = check(read(str(tmp_path)))
    assert [one.name for one in report.usable] == ["good-1"]
    reasons = {one.picture: one.why for one in report.skipped}
    assert "empty" in reasons["empty-1"] and "size" in reasons["size-1"] and "not a picture" in reasons["broken-1"]
    assert report.sources["good"].count == 1


def test_wrong_readers_are_refused(portraits: Path) -> None:
    with pytest.raises(UsageError, match="pets"):
        read(f"pet:{portraits}")
    with pytest.raises(UsageError, match="AISegment"):
        read(f"aisegment:{portraits}")
    with pytest.raises(UsageError, match="no folder"):
        read(str(portraits / "nothing"))
