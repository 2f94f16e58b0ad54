from __future__ import annotations

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest

from live_seg.cli.main import main
from live_seg.errors import UsageError
from live_seg.evaluation.candidate import OwnModel
from live_seg.frame import Alpha, Image
from live_seg.training.mine import cut_outs, mine
from live_seg.training.mined import MinedFolder
from live_seg.training.readers import read

pytestmark = pytest.mark.training


def bright(image: Image) -> Alpha:
    return np.where(image[:, :, 0] > 200, 255, 0).astype(np.uint8)


def nothing(image: Image) -> Alpha:
    return np.zeros(image.shape[:2], np.uint8)


@pytest.fixture
def rooms(tmp_path: Path) -> list[Path]:
    """A room with two white chairs and a white fleck, a grey one, and what is no picture."""
    folder = tmp_path / "rooms"
    folder.mkdir()
    chairs = np.full((60, 100, 3), 90, np.uint8)
    chairs[10:40, 10:30] = chairs[30:50, 60:80] = chairs[5:7, 90:92] = 255
    for name, image in (("chairs", chairs), ("grey", np.full((60, 100, 3), 90, np.uint8))):
        assert cv2.imwrite(str(folder / f"{name}.png"), image)
    (folder / "broken.png").write_bytes(b"no picture")
    return sorted(folder.iterdir())


def test_what_any_look_takes_for_a_person_counts(rooms: list[Path]) -> None:
    broken, chairs, grey = mine(rooms, [nothing, bright])
    assert chairs.share == pytest.approx((30 * 20 + 20 * 20 + 4) / 6000) and chairs.why == ""
    assert grey.share == 0 and grey.matte is not None
    assert broken.matte is None and "broken.png" in broken.why


def test_each_part_is_cut_out_by_itself_the_largest_first(rooms: list[Path]) -> None:
    image = cv2.imread(str(rooms[1]))
    assert image is not None
    parts = list(cut_outs(image, bright(image)))
    assert [int((alpha > 0).sum()) for _, alpha in parts] == [600, 400], "without the fleck"
    for part, alpha in parts:
        assert part.shape[:2] == alpha.shape and (part[alpha > 0] == 255).all()
        assert alpha.shape[0] > 30 or alpha.shape[0] >= 20, "with something around it"


def test_a_soft_rim_belongs_to_its_part_and_a_neighbour_does_not() -> None:
    matte = np.zeros((60, 100), np.uint8)
    matte[20:40, 20:40], matte[20:40, 44:60] = 255, 200
    matte[20:40, 40:42] = 90
    (_, first), (_, second) = cut_outs(np.zeros((60, 100, 3), np.uint8), matte)
    assert {255, 90} <= set(np.unique(first).tolist()) and 200 not in first
    assert 200 in second and 255 not in second


def test_a_training_takes_what_was_mined(rooms: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "mined"
    folder = MinedFolder(out, rooms, 0.01, "hard")
    for one in mine(rooms, [bright]):
        folder.add(one)
    listing = folder.finish(tmp_path / "sheet.png")
    assert (folder.kept, folder.parts, folder.unreadable) == (1, 2, 1)
    assert folder.mean_share == pytest.approx(1004 / 6000 / 2)
    with listing.open() as stream:
        rows = list(csv.DictReader(stream))
    assert [row["room"] for row in rows] == ["chairs.png", "broken.png", "grey.png"] and rows[1]["why_not"]
    assert [sample.source for sample in read(str(out))] == ["hard", "hard"]
    (room,) = (out / "rooms").iterdir()
    assert room.name == "hard-chairs.png" and room.read_bytes() == rooms[1].read_bytes()
    assert (tmp_path / "sheet.png").is_file()


def test_a_room_below_the_least_share_is_only_listed(rooms: list[Path], tmp_path: Path) -> None:
    folder = MinedFolder(tmp_path / "mined", rooms, 0.5, "")
    for one in mine(rooms, [bright]):
        folder.add(one)
    assert folder.kept == 0 and len(folder.finish().read_text().splitlines()) == 4


def test_a_folder_that_holds_something_and_equal_names_are_refused(rooms: list[Path], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds something already"):
        MinedFolder(rooms[0].parent, rooms, 0.01, "hard")
    with pytest.raises(UsageError, match="same name"):
        MinedFolder(tmp_path / "new", [*rooms, rooms[1].with_suffix(".jpg")], 0.01, "hard")


def test_the_command_looks_at_both_sides_of_every_room(
    rooms: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def right_half(_: OwnModel, image: Image) -> Alpha:
        alpha = np.zeros(image.shape[:2], np.uint8)
        alpha[:, image.shape[1] // 2 :] = 255
        return alpha

    monkeypatch.setattr(OwnModel, "still", right_half)
    out = tmp_path / "mined"
    assert main(["data", "mine", str(rooms[0].parent), "--out", str(out), "--sheet", str(tmp_path / "sheet.png")]) == 0
    said = capsys.readouterr().out
    assert "100.00% of the rooms" in said and "2 kept, 2 cut-outs" in said and "1 of 3 cannot be read" in said


def test_rooms_of_which_none_can_be_read_are_an_error(
    rooms: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for room in rooms:
        room.write_bytes(b"no picture")
    assert main(["data", "mine", str(rooms[0].parent), "--out", str(tmp_path / "mined")]) == 2
    said = capsys.readouterr().out
    assert "3 of 3 cannot be read" in said and "taken for persons" not in said
