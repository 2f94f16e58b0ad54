from __future__ import annotations

import json
import os
import subprocess
import sys
import zlib
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
    image = np.full((20, 30, 3), 30, np.uint8)
    image[6:14, 9:21] = 220
    write(tmp_path / "images" / "Abyssinian_1.png", image)
    write(tmp_path / "annotations" / "trimaps" / "Abyssinian_1.png", trimap)
    (tmp_path / "annotations" / "test.txt").touch()
    (one,) = read(f"pets:{tmp_path}")
    alpha = one.load()[1]
    assert one.source == "pets"
    assert np.abs(alpha - np.where(image[..., 0] > 100, 255.0, 0.0)).max() <= 2  # the border is solved
    assert [sample.name for sample in read(f"pets:{tmp_path}")] == ["Abyssinian_1"]
    (tmp_path / "annotations" / "test.txt").write_text("Abyssinian_1 1 1 1\n")
    assert [sample.name for sample in read(f"pets-test:{tmp_path}")] == ["Abyssinian_1"]
    with pytest.raises(UsageError, match="no picture"):
        read(f"pets:{tmp_path}")
    (tmp_path / "annotations" / "test.txt").unlink()
    index = tmp_path / "pets.json"
    for split, kind in (("test", "pets-test"), ("trainval", "pets"), (None, "pets")):
        index.write_text(json.dumps({"items": [{"name": "Abyssinian_1", "split": split}]}))
        assert [sample.name for sample in read(f"{kind}:{tmp_path}")] == ["Abyssinian_1"]
    for broken in ("{", "[]", '{"items": [{"name": "Abyssinian_1"}]}', '{"items": 3}'):
        index.write_text(broken)
        with pytest.raises(UsageError, match="is no index of a split"):
            read(f"pets:{tmp_path}")
    index.unlink()
    with pytest.raises(UsageError, match=r"test\.txt cannot be read"):
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


def test_a_polygon_covers_the_pixels_within_it_and_no_more() -> None:
    expected = np.zeros((40, 50), np.uint8)
    expected[10:20, 12:30] = 255
    assert np.array_equal(mask_of(polygon(12, 10, 30, 20), Size(50, 40)), expected)


def test_parts_of_one_person_that_overlap_leave_no_hole() -> None:
    one, other = polygon(2, 2, 20, 20)["segmentation"][0], polygon(10, 10, 30, 30)["segmentation"][0]  # type: ignore[index]
    mask = mask_of({"segmentation": [one, other]}, Size(40, 40))
    assert mask[15, 15] == mask[5, 5] == mask[25, 25] == 255


@pytest.mark.parametrize(
    "outline", [{"size": [30, 40], "counts": "PPYo0"}, {"size": [40, 30], "counts": [0, 1200]}, [[1, 2, 3, 4, 5, 6, 7]]]
)
def test_an_outline_that_cannot_be_read_is_named_and_skipped(tmp_path: Path, outline: object) -> None:
    write_coco(tmp_path, [polygon(8, 2, 32, 30), polygon(8, 2, 32, 30, image=2, id=77, segmentation=outline)])
    for reader in ("coco", "coco-all"):
        report = check(read(f"{reader}:{tmp_path}"))
        assert [one.name for one in report.usable] == ["1"]
        assert [one.picture for one in report.skipped] == ["2"] and "annotation 77" in report.skipped[0].why


def test_persons_are_what_the_file_calls_so(tmp_path: Path) -> None:
    write_coco(tmp_path, [polygon(8, 2, 32, 30), polygon(0, 0, 10, 10, category_id=7)])
    file = tmp_path / "annotations" / "instances_val2017.json"
    content = json.loads(file.read_text())
    file.write_text(json.dumps({**content, "categories": [{"id": 1, "name": "chair"}, {"id": 7, "name": "person"}]}))
    (one,) = read(f"coco-all:{tmp_path}")
    alpha = one.load()[1]
    assert alpha[5, 5] == 255 and alpha[20, 20] == 0


def test_a_mask_of_zeros_and_ones_is_a_mask(tmp_path: Path) -> None:
    image, mask = figure(1)
    write(tmp_path / "images" / "a.jpg", image)
    write(tmp_path / "masks" / "a.png", mask // 255)
    assert np.array_equal(read(str(tmp_path))[0].load()[1], mask)


@pytest.mark.skipif(sys.platform != "linux", reason="names are bytes there")
def test_a_name_that_is_no_text_is_checked_divided_and_measured(tmp_path: Path) -> None:
    image, mask = figure(1)
    write(tmp_path / "images" / "a.png", image)
    write(tmp_path / "masks" / "a.png", mask)
    for part in ("images", "masks"):
        (tmp_path / part / "a.png").rename(tmp_path / part / os.fsdecode(b"f\xfcr-1.png"))
    sheet, table = tmp_path / "sheet.jpg", tmp_path / "split.csv"
    words = {
        "check": ["data", "check", str(tmp_path), "--sheet", str(sheet)],
        "split": ["data", "split", str(tmp_path), "--test", "1", "--val", "0", "--out", str(table)],
        "evaluate": ["evaluate", "person-int8", str(table), "--out", str(tmp_path / "out")],
    }
    strict = os.environ | {"PYTHONIOENCODING": "utf-8:strict"}
    for name, each in words.items():  # in a process: OpenCV ended it when it wrote such a name into a picture
        command = [sys.executable, "-m", "live_seg", *each]
        done = subprocess.run(command, check=False, capture_output=True, text=True, env=strict)
        assert done.returncode == 0, (name, done.stderr)
    assert sheet.exists() and (tmp_path / "out" / "person-int8-worst.jpg").exists()


def test_a_picture_larger_than_opencv_takes_is_named(tmp_path: Path) -> None:
    image, mask = figure(1)
    write(tmp_path / "images" / "a-1.png", image)
    write(tmp_path / "masks" / "a-1.png", mask)
    file = tmp_path / "images" / "a-1.png"
    head = bytearray(file.read_bytes())
    head[16:24] = (60_000).to_bytes(4) * 2
    head[29:33] = zlib.crc32(head[12:29]).to_bytes(4)
    file.write_bytes(head)
    assert [one.picture for one in check(read(str(tmp_path))).skipped] == ["a-1"]


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
