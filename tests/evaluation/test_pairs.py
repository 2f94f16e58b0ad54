from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from live_seg.errors import UsageError
from live_seg.evaluation.pairs import find_pairs, read_alpha, read_mask


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for part in ("images", "masks"):
        (tmp_path / part).mkdir()
    return tmp_path


def write(file: Path, shape: tuple[int, ...], value: int = 0) -> None:
    assert cv2.imwrite(str(file), np.full(shape, value, np.uint8))


def test_pictures_meet_the_mask_of_their_name_whatever_the_ending(folder: Path) -> None:
    write(folder / "images" / "coco-b.jpg", (4, 6, 3), 90)
    write(folder / "images" / "voc-a.png", (4, 6, 3), 90)
    write(folder / "images" / "alone.png", (4, 6, 3))
    (folder / "images" / "notes.txt").write_text("not a picture")
    for name in ("coco-b", "voc-a"):
        write(folder / "masks" / f"{name}.png", (4, 6), 255)

    pairs = find_pairs(folder)

    assert [(pair.name, pair.source) for pair in pairs] == [("coco-b", "coco"), ("voc-a", "voc")]
    image, alpha = pairs[0].load()
    assert (image.shape, alpha.shape) == ((4, 6, 3), (4, 6))
    assert alpha.min() == 255


def test_the_fourth_channel_of_a_matte_is_its_alpha(tmp_path: Path) -> None:
    matte = np.zeros((2, 3, 4), np.uint8)
    matte[..., 3] = [[0, 100, 255], [1, 2, 3]]
    cv2.imwrite(str(tmp_path / "matte.png"), matte)
    assert read_alpha(tmp_path / "matte.png").tolist() == [[0, 100, 255], [1, 2, 3]]


def test_a_mask_with_three_channels_is_read_as_grey(tmp_path: Path) -> None:
    write(tmp_path / "mask.png", (2, 3, 3), 255)
    assert read_alpha(tmp_path / "mask.png").tolist() == [[255] * 3] * 2


def test_a_fourth_channel_that_says_nothing_is_none(tmp_path: Path) -> None:
    mask = np.full((2, 3, 4), 255, np.uint8)
    mask[0, :, :3] = 0
    cv2.imwrite(str(tmp_path / "mask.png"), mask)
    assert read_alpha(tmp_path / "mask.png").tolist() == [[0] * 3, [255] * 3]


def test_a_map_of_classes_in_colours_is_no_mask_and_a_grey_jpeg_is_one(tmp_path: Path) -> None:
    classes = np.zeros((16, 16, 3), np.uint8)
    classes[4:12, 4:12] = (128, 128, 192)
    cv2.imwrite(str(tmp_path / "classes.png"), classes)
    with pytest.raises(UsageError, match="in colours"):
        read_alpha(tmp_path / "classes.png")
    cv2.imwrite(str(tmp_path / "grey.jpg"), cv2.merge([classes[:, :, 2]] * 3), [cv2.IMWRITE_JPEG_QUALITY, 50])
    assert read_alpha(tmp_path / "grey.jpg")[8, 8] > 150


def test_masks_of_one_count_as_whole(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "mask.png"), np.array([[0, 1, 1]], np.uint8))
    assert read_mask(tmp_path / "mask.png").tolist() == [[0, 255, 255]]


def test_sizes_that_differ_are_named(folder: Path) -> None:
    write(folder / "images" / "a.png", (4, 6, 3))
    write(folder / "masks" / "a.png", (6, 4))
    with pytest.raises(UsageError, match="6x4 and 4x6"):
        find_pairs(folder)[0].load()


@pytest.mark.parametrize("content", [b"", b"this is text"])
def test_a_file_that_is_no_picture_is_named(folder: Path, content: bytes) -> None:
    (folder / "images" / "a.png").write_bytes(content)
    write(folder / "masks" / "a.png", (4, 4))
    with pytest.raises(UsageError, match=r"a\.png is not a picture"):
        find_pairs(folder)[0].load()


def test_a_folder_without_pairs_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has a mask"):
        find_pairs(folder)
    with pytest.raises(UsageError, match="no folder 'images'"):
        find_pairs(tmp_path / "nowhere")
