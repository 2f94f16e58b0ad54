"""`live-seg data solve`: pairs with borders that the pictures' colours decide."""

from __future__ import annotations

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest

from live_seg.cli.main import main
from live_seg.evaluation.pairs import find_pairs


def solve(*arguments: str | Path) -> int:
    return main(["data", "solve", *map(str, arguments)])


def test_pictures_stay_and_masks_move(portraits: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, sheet = tmp_path / "solved", tmp_path / "sheet.png"
    assert solve(portraits, "--out", out, "--sheet", sheet) == 0
    assert "8 of 8 solved" in capsys.readouterr().out
    before, after = find_pairs(portraits), find_pairs(out)
    assert [pair.name for pair in after] == [pair.name for pair in before]
    for old, new in zip(before, after, strict=True):
        assert new.image.read_bytes() == old.image.read_bytes()
        (image, mask), (_, found) = old.load(), new.load()
        assert image.shape[:2] == found.shape and np.abs(found.astype(int) - mask).mean() < 10
    with (out / "solved.csv").open() as file:
        rows = list(csv.DictReader(file))
    moved = [float(row["moved"]) for row in rows]
    assert len(rows) == 8 and moved == sorted(moved, reverse=True) and moved[0] > 0
    assert cv2.imread(str(sheet)) is not None


def test_what_cannot_be_used_is_named(portraits: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "pairs"
    for part in ("images", "masks"):
        (folder / part).mkdir(parents=True)
        for name in ("figure-0", "figure-1"):
            (folder / part / f"{name}.png").write_bytes((portraits / part / f"{name}.png").read_bytes())
    (folder / "masks" / "figure-1.png").write_bytes(b"no picture")
    (folder / "images" / "figure-2.png").write_bytes((portraits / "images" / "figure-2.png").read_bytes())
    assert solve(folder, "--out", tmp_path / "solved") == 0
    said = capsys.readouterr().out
    assert "skipped: figure-1" in said and "skipped: figure-2.png: it has no mask" in said
    assert "1 of 3 solved" in said


def test_the_border_of_a_trimap_is_solved_whole(portraits: Path, tmp_path: Path) -> None:
    for part in ("images", "trimaps", "annotations"):
        (tmp_path / "pets" / part).mkdir(parents=True)
    (tmp_path / "pets" / "annotations" / "test.txt").write_text("")
    pair = find_pairs(portraits)[0]
    _, mask = pair.load()
    (tmp_path / "pets" / "images" / pair.image.name).write_bytes(pair.image.read_bytes())
    inside, outside = (cv2.erode((mask == level).astype(np.uint8), np.ones((13, 13), np.uint8)) for level in (255, 0))
    cv2.imwrite(str(tmp_path / "pets" / "trimaps" / f"{pair.name}.png"), np.where(inside, 1, np.where(outside, 2, 3)))
    assert solve(tmp_path / "pets", "--out", tmp_path / "solved") == 0
    copied = tmp_path / "solved" / "images" / pair.image.name
    assert copied.read_bytes() == pair.image.read_bytes()
    (_, found) = find_pairs(tmp_path / "solved")[0].load()
    assert (np.abs(found.astype(int) - mask) > 60).mean() < 0.02, "not half where the trimap is open"


def test_a_folder_that_holds_something_is_not_written_to(portraits: Path, tmp_path: Path) -> None:
    (tmp_path / "old.txt").write_text("mine")
    assert solve(portraits, "--out", tmp_path) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["old.txt"]
