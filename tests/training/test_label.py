from __future__ import annotations

import csv
from importlib.resources import files
from pathlib import Path

import cv2
import numpy as np
import pytest
from figures import figure

from live_seg.cli.main import main
from live_seg.errors import UsageError
from live_seg.evaluation.candidate import OwnModel, PhotoModel
from live_seg.frame import Alpha, Image
from live_seg.training.label import label
from live_seg.training.labelled import LabelledFolder
from live_seg.training.readers import read


def left(share: float):
    def matte(image: Image) -> Alpha:
        alpha = np.zeros(image.shape[:2], np.uint8)
        alpha[:, : round(share * image.shape[1])] = 255
        return alpha

    return matte


def bright(image: Image) -> Alpha:
    return np.where(image[:, :, 0] > 127, 200, 0).astype(np.uint8)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    image = np.zeros((20, 40, 3), np.uint8)
    image[5:15, 3:12] = 255
    file = tmp_path / "in" / "one.png"
    file.parent.mkdir()
    assert cv2.imwrite(str(file), image)
    return file


def test_a_matte_is_kept_where_every_judge_agrees(picture: Path) -> None:
    (one,) = label([picture], left(0.5), [left(0.5), left(0.45)], 0.9)
    assert one.matte is not None and np.array_equal(one.matte, left(0.5)(np.zeros((20, 40, 3))))
    assert (one.agreement, one.share, one.why) == (0.9, 0.5, "")


def test_a_matte_outlives_the_next_picture(picture: Path) -> None:
    buffer = np.zeros((20, 40), np.uint8)

    def into_one_buffer(image: Image) -> Alpha:
        buffer[:] = bright(image)
        return buffer

    other = picture.with_name("other.png")
    assert cv2.imwrite(str(other), np.full((20, 40, 3), 255, np.uint8))
    first, second = label([picture, other], into_one_buffer, [bright], 0.9)
    assert first.matte is not None and second.matte is not None
    assert np.count_nonzero(first.matte) == 90 and np.count_nonzero(second.matte) == 800


def test_one_judge_that_sees_something_else_is_enough_to_drop_it(picture: Path) -> None:
    (one,) = label([picture], left(0.5), [left(0.5), left(0.4)], 0.9)
    assert one.matte is None and one.agreement == pytest.approx(0.8) and "disagree: IoU 0.80" in one.why


def test_judges_have_to_agree_with_each_other_too(picture: Path) -> None:
    (one,) = label([picture], left(0.5), [left(0.45), left(0.55)], 0.85)
    assert one.matte is None and one.agreement == pytest.approx(0.45 / 0.55, abs=0.01)


def test_a_picture_without_a_person_and_a_broken_one_are_named(picture: Path) -> None:
    broken = picture.with_name("broken.jpg")
    broken.write_bytes(b"no picture")
    nobody, unreadable = label([picture, broken], left(0.0), [left(0.0)], 0.9)
    assert nobody.why == "nobody is seen" and nobody.agreement == 1
    assert unreadable.matte is None and "broken.jpg" in unreadable.why


def test_a_models_buffer_may_be_used_again(picture: Path) -> None:
    buffer = np.zeros((20, 40), np.uint8)
    turns = iter([0.5, 0.2, 0.5, 0.2])

    def reused(image: Image) -> Alpha:
        buffer[:] = left(next(turns))(image)
        return buffer

    assert [one.share for one in label([picture] * 2, reused, [reused], 0.0)] == [0.5, 0.5]


def test_what_is_written_can_be_trained_on_and_lists_the_doubtful_first(tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    for number in range(4):
        assert cv2.imwrite(str(source / f"p{number}.png"), figure(number)[0])
    pictures = sorted(source.iterdir())
    folder = LabelledFolder(tmp_path / "out", pictures, "cam")
    seen = dict(zip(pictures, [0.5, 0.3, 0.5, 0.1], strict=True))
    for one in (next(label([file], left(0.5), [left(share)], 0.9)) for file, share in seen.items()):
        folder.add(one)
    listing = folder.finish(tmp_path / "sheet.jpg")
    assert [sample.name for sample in read(str(tmp_path / "out"))] == ["cam-p0", "cam-p2"]
    assert {sample.source for sample in read(str(tmp_path / "out"))} == {"cam"}
    assert (tmp_path / "out" / "images" / "cam-p2.png").read_bytes() == pictures[2].read_bytes()
    with listing.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["picture"] for row in rows] == ["p3.png", "p1.png", "p0.png", "p2.png"]
    assert folder.kept == 2 and folder.skipped == {"the looks disagree": 2}
    assert cv2.imread(str(tmp_path / "sheet.jpg")) is not None


def test_two_pictures_with_one_name_and_a_folder_in_use_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="same name"):
        LabelledFolder(tmp_path / "out", [Path("a.jpg"), Path("a.webp")])
    (tmp_path / "old.txt").write_text("mine")
    with pytest.raises(UsageError, match="holds something"):
        LabelledFolder(tmp_path, [])


def test_the_command_with_the_model_that_ships(tmp_path: Path, capsys) -> None:
    portrait = files("live_seg") / "assets" / "astronaut.webp"
    source = tmp_path / "in"
    source.mkdir()
    (source / "someone.webp").write_bytes(portrait.read_bytes())
    assert cv2.imwrite(str(source / "wall.png"), np.full((240, 320, 3), 90, np.uint8))
    assert main(["data", "label", str(source), "--out", str(tmp_path / "out"), "--iou", "0.8"]) == 0
    told = capsys.readouterr().out
    assert "1 of 2 labelled" in told and "1 picture: nobody is seen" in told
    (sample,) = read(str(tmp_path / "out"))
    image, matte = sample.load()
    high, wide = matte.shape
    assert image.shape[:2] == matte.shape and 0.3 < (matte > 127).mean() < 0.7
    assert matte[round(0.3 * high), round(0.42 * wide)] > 250 and matte[: high // 8, wide // 8 : wide // 4].max() < 128


def test_a_share_over_one_is_refused(tmp_path: Path, capsys) -> None:
    assert main(["data", "label", str(tmp_path), "--out", str(tmp_path / "out"), "--iou", "90"]) == 2
    assert "from 0 to 1" in capsys.readouterr().err


def test_what_was_done_before_it_was_ended_is_listed(
    tmp_path: Path, picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ended(pictures: list[Path], *_: object):
        yield from label(pictures, left(0.5), [left(0.5)], 0.9)
        raise KeyboardInterrupt

    monkeypatch.setattr("live_seg.training.label.label", ended)
    assert main(["data", "label", str(picture.parent), "--out", str(tmp_path / "out")]) == 130
    assert "one.png,1.0000,0.5000," in (tmp_path / "out" / "labels.csv").read_text()


@pytest.mark.parametrize(
    ("model", "judges", "looks"),
    [
        ("photo:person", [], ["photo:person-int8", "person-int8", "person-int8 mirrored"]),
        ("person", [], ["person-int8", "person-int8 mirrored"]),
        ("photo:person", ["person"], ["photo:person-int8", "person-int8"]),
    ],
)
def test_without_judges_single_looks_from_both_sides_judge(
    picture: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: str, judges: list[str], looks: list[str]
) -> None:
    asked: list[str] = []

    def look(self, image: Image) -> Alpha:
        seen = bright(image)
        asked.append(self.name + ("" if seen[:, :20].any() else " mirrored"))
        return seen

    for kind in (OwnModel, PhotoModel):
        monkeypatch.setattr(kind, "still", look)
    given = ["--judge", *judges] if judges else []
    assert main(["data", "label", str(picture.parent), "--out", str(tmp_path / "out"), "--model", model, *given]) == 0
    assert asked == looks


@pytest.mark.parametrize("source", ["../x", "a/b", "a-b", " "])
def test_a_source_that_is_no_part_of_a_name_is_refused(tmp_path: Path, capsys, source: str) -> None:
    assert main(["data", "label", str(tmp_path), "--out", str(tmp_path / "out"), "--source", source]) == 2
    assert "is no source" in capsys.readouterr().err
