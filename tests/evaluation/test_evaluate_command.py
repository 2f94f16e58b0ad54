import csv
import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from made_clips import SMALL, make_clip, turn
from networks import write_pairs, write_peer

from live_seg.cli.main import main
from live_seg.evaluation.clips import Clip
from live_seg.frame import Size


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_pairs(tmp_path / "data", ["desk-1", "desk-2", "sofa-1"])
    write_peer(tmp_path, "good", 48, 64)
    write_peer(
        tmp_path, "bad", 48, 64, order="BGR", mean=[0.0] * 3, std=[90.0] * 3
    )  # the flat blue channel: all person
    return tmp_path


def evaluate(folder: Path, *options: str) -> int:
    return main(["evaluate", str(folder / "good.onnx"), str(folder / "data"), *options])


def test_the_json_holds_models_overall_and_by_source(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluate(folder, "--compare", str(folder / "bad.json"), "--json", str(folder / "r" / "scores.json")) == 0
    models = json.loads((folder / "r" / "scores.json").read_text())["models"]
    assert set(models) == {"good", "bad"}
    good = models["good"]
    assert good["overall"] | {"n": 3, "iou": 1.0, "boundary_iou": 1.0, "boundary_f": 1.0, "mad": 0.0} == good["overall"]
    assert good["sources"]["desk"]["n"] == 2 and good["sources"]["sofa"]["n"] == 1
    assert models["bad"]["overall"]["iou"] == pytest.approx(33 * 38 / (48 * 64))
    assert "| good | 3 | **1.000** |" in capsys.readouterr().out


def test_pictures_sheets_and_histograms_are_written(folder: Path) -> None:
    assert evaluate(folder, "--out", str(folder / "out"), "--markdown", str(folder / "table.md")) == 0
    rows = list(csv.DictReader((folder / "out" / "pictures.csv").read_text().splitlines()))
    assert [row["picture"] for row in rows] == ["desk-1", "desk-2", "sofa-1"]
    assert float(rows[0]["iou"]) == 1.0
    for name in ("good-worst.jpg", "good-histogram.png"):
        assert cv2.imread(str(folder / "out" / name)) is not None
    assert (folder / "table.md").read_text().startswith("`live-seg evaluate ")
    mirrored = ["evaluate", f"mirrored:{folder / 'good.onnx'}", str(folder / "data"), "--out", str(folder / "other")]
    assert main(mirrored) == 0
    assert {file.name for file in (folder / "other").iterdir()} >= {"mirrored-good-worst.jpg"}


def test_two_pictures_of_one_name_have_a_tile_and_a_row_each(folder: Path) -> None:
    write_pairs(folder / "one", ["1"])
    write_pairs(folder / "two", ["0", "1"])  # the second of a folder has its person elsewhere
    for part, level in (("one", 30), ("two", 220)):
        file = str(folder / part / "images" / "1.png")
        image = cv2.imread(file)
        image[:, :, 1] = level
        cv2.imwrite(file, image)
    rows = [f"{part}/images/1.png,{part}/masks/1.png" for part in ("one", "two")]
    (folder / "both.csv").write_text("\n".join(["image,mask", *rows]))
    assert main(["evaluate", str(folder / "good.json"), str(folder / "both.csv"), "--out", str(folder / "out")]) == 0
    rows = list(csv.DictReader((folder / "out" / "pictures.csv").read_text().splitlines()))
    assert [row["file"] for row in rows] == [str(folder / part / "images" / "1.png") for part in ("one", "two")]
    sheet = cv2.imread(str(folder / "out" / "good-worst.jpg"))
    first, second = sheet[30:-10, : sheet.shape[1] // 2], sheet[30:-10, sheet.shape[1] // 2 :]
    assert abs(first[20:, 5:20].mean() - second[20:, 5:20].mean()) > 50, "the same picture is on it twice"


def test_a_bad_pair_is_named_and_skipped(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cv2.imwrite(str(folder / "data" / "masks" / "desk-1.png"), np.zeros((10, 10), np.uint8))
    cv2.imwrite(str(folder / "data" / "masks" / "desk-2.png"), np.zeros((48, 64), np.uint8))
    assert evaluate(folder, "--json", str(folder / "scores.json")) == 0
    said = capsys.readouterr().err
    assert "desk-1" in said and "differ in size" in said
    assert "desk-2" in said and "empty" in said and "2 of 3 pictures skipped" in said
    assert json.loads((folder / "scores.json").read_text())["models"]["good"]["overall"]["n"] == 1


def test_a_picture_without_a_mask_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "data" / "masks" / "desk-1.png").unlink()
    (folder / "data" / "images" / "desk-2.png").unlink()
    assert evaluate(folder, "--json", str(folder / "scores.json")) == 0
    said = capsys.readouterr().err
    assert "skipped: desk-1.png: it has no mask" in said and "skipped: desk-2.png: this mask has no picture" in said
    assert "2 of 3 pictures skipped" in said
    assert json.loads((folder / "scores.json").read_text())["models"]["good"]["overall"]["n"] == 1


def test_a_name_with_a_line_end_breaks_no_line_and_no_table(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_pairs(folder / "data", ["two\nlines-1", "torn\nname-1"])
    (folder / "data" / "masks" / "torn\nname-1.png").write_bytes(b"")
    assert evaluate(folder) == 0
    said = capsys.readouterr()
    assert "| two\\nlines | 1 |" in said.out and "skipped: torn\\nname-1: " in said.err


@pytest.mark.parametrize("name", ["person", "auto", "photo:person"])
def test_a_model_is_named_as_everywhere_else(folder: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", name, str(folder / "data")]) == 0, capsys.readouterr().err
    assert "person-int8" in capsys.readouterr().out


def test_the_worst_rooms_are_on_a_sheet(folder: Path) -> None:
    for name in ("room-1", "room-2"):
        cv2.imwrite(str(folder / "data" / "images" / f"{name}.png"), np.full((48, 64, 3), 20, np.uint8))
    rooms = folder / "rooms"
    rooms.mkdir()
    for picture in (folder / "data" / "images").iterdir():  # three with somebody in it, whom it finds, and two without
        picture.rename(rooms / picture.name)
    words = ["evaluate", str(folder / "good.json"), str(rooms), "--empty", "--out", str(folder / "out")]
    assert main(words) == 0
    sheet = cv2.imread(str(folder / "out" / "good-worst.jpg")).astype(int)
    assert cv2.imread(str(folder / "out" / "good-histogram.png")) is not None
    red = (sheet[..., 2] - sheet[..., :2].max(2)) > 60
    tile = sheet.shape[1] // 5
    found = [bool(red[:, tile * number : tile * (number + 1)].any()) for number in range(5)]
    assert found == [True, True, True, False, False]


def test_empty_rooms_give_the_false_area(folder: Path) -> None:
    code = evaluate(folder, "--empty", "--json", str(folder / "scores.json"))
    assert code == 0
    means = json.loads((folder / "scores.json").read_text())["models"]["good"]["overall"]
    assert means == {"n": 3, "false_area": pytest.approx(33 * 38 / (48 * 64))}


def test_rooms_of_a_source_are_left_out_too(folder: Path) -> None:
    for options in (("--leave-out", "desk"), ("--leave-out", "desk", "--every", "5")):
        assert evaluate(folder, "--empty", *options, "--json", str(folder / "scores.json")) == 0
        assert set(json.loads((folder / "scores.json").read_text())["models"]["good"]["sources"]) == {"sofa"}


def test_a_source_that_is_not_there_cannot_be_left_out_unnoticed(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate(folder, "--leave-out", "dsek, sofa", "--json", str(folder / "scores.json")) == 0
    said = capsys.readouterr().err
    assert "no picture is of a source dsek" in said and "source sofa" not in said
    assert set(json.loads((folder / "scores.json").read_text())["models"]["good"]["sources"]) == {"desk"}


def test_a_video_among_the_rooms_is_no_reason_to_leave_the_pictures(folder: Path) -> None:
    (folder / "data" / "images" / "walk.mp4").write_bytes(b"")
    out = folder / "scores.json"
    words = ["evaluate", str(folder / "good.onnx"), str(folder / "data" / "images"), "--empty", "--json", str(out)]
    assert main(words) == 0
    assert json.loads(out.read_text())["models"]["good"]["overall"]["n"] == 3


def test_a_split_file_names_what_is_measured(folder: Path) -> None:
    write_pairs(folder / "set" / "test", ["a-1", "a-2"])
    write_pairs(folder / "set" / "val", ["b-1"])
    index = folder / "set" / "index.csv"
    index.write_text("split,source,name\ntest,a,a-1\ntest,a,a-2\nval,b,b-1\n")
    out = folder / "scores.json"
    for options, sources in (((), {"a"}), (("--split", "val"), {"b"})):
        assert main(["evaluate", str(folder / "good.json"), str(index), "--json", str(out), *options]) == 0
        assert set(json.loads(out.read_text())["models"]["good"]["sources"]) == sources
    assert main(["evaluate", str(folder / "good.json"), str(index), "--split", "train"]) == 2


def test_a_clip_with_true_alpha_gives_area_flicker_and_dtssd(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clip = folder / "clips" / "walk"
    write_pairs(clip, ["0", "1", "2"])
    (clip / "images").rename(clip / "frames")
    (clip / "masks").rename(clip / "alpha")
    out = folder / "scores.json"
    words = ["evaluate", str(folder / "good.json"), str(folder / "clips"), "--compare", str(folder / "bad.json")]
    assert main([*words, "--json", str(out)]) == 0
    models = json.loads(out.read_text())["models"]
    means = models["good"]["sources"]["walk"]
    assert means["dtssd"] == 0 and means["iou"] == 1 and means["flicker"] < 0.05
    assert means["area"] == pytest.approx(33 * 38 / (48 * 64), abs=0.02) and models["bad"]["overall"]["area"] == 1
    (row,) = (line for line in capsys.readouterr().out.splitlines() if line.startswith("| good | 1 "))
    assert f" {means['area']:.4f} " in row and "**" in row, "no area is better than another"


def test_frames_of_each_clip_are_shown_with_each_models_mattes(folder: Path) -> None:
    clip = folder / "clips" / "walk"
    write_pairs(clip, ["0", "1", "2"])
    (clip / "images").rename(clip / "frames")
    (clip / "masks").rename(clip / "alpha")
    words = ["evaluate", str(folder / "good.json"), str(folder / "clips"), "--compare", str(folder / "bad.json")]
    assert main([*words, "--out", str(folder / "out")]) == 0
    assert {file.name for file in (folder / "out").iterdir()} == {"pictures.csv", "good-walk.jpg", "bad-walk.jpg"}
    good, bad = (cv2.imread(str(folder / "out" / f"{name}-walk.jpg")) for name in ("good", "bad"))
    assert good.shape == bad.shape and np.abs(good.astype(int) - bad).max() > 50


def test_a_clip_with_a_title_that_is_no_utf_8_is_measured(folder: Path) -> None:
    file = make_clip(folder / "old.avi", 5)
    file.write_bytes(file.read_bytes().replace(b"Lavf", "Фильм".encode("cp1251")[:4]))
    out = folder / "scores.json"
    assert main(["evaluate", str(folder / "good.json"), str(file), "--json", str(out)]) == 0
    assert json.loads(out.read_text())["models"]["good"]["overall"]["n"] == 1


def test_a_clip_is_measured_upright_as_the_app_shows_it(folder: Path) -> None:
    ((image, truth),) = Clip(turn(make_clip(folder / "phone.mp4", 1), 90)).frames()
    assert Size.of(image) == Size(SMALL.height, SMALL.width) and truth is None


def test_a_clip_that_cannot_be_read_is_named_and_takes_no_other_with_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("torn", "empty", "walk"):
        write_pairs(folder / "clips" / name, ["0", "1"])
        (folder / "clips" / name / "images").rename(folder / "clips" / name / "frames")
        (folder / "clips" / name / "masks").rename(folder / "clips" / name / "alpha")
    (folder / "clips" / "torn" / "alpha" / "1.png").unlink()
    for file in (folder / "clips" / "empty" / "frames").iterdir():
        file.unlink()
    out = folder / "scores.json"
    assert main(["evaluate", str(folder / "good.json"), str(folder / "clips"), "--json", str(out)]) == 0
    assert set(json.loads(out.read_text())["models"]["good"]["sources"]) == {"walk"}
    said = capsys.readouterr().err
    assert "skipped: torn: " in said and "empty has no frame" in said and "2 of 3 clips skipped" in said


@pytest.mark.parametrize(
    ("frames", "alphas", "why"),
    [
        ([(48, 64)] * 2, [(48, 64), (24, 32)], "1.png is 64x48, its alpha 32x24"),
        ([(48, 64), (32, 64)], [(48, 64), (32, 64)], "1.png is 64x32, the frames before it 64x48"),
        ([(12, 40)] * 2, [(12, 40)] * 2, "is too small for optical flow"),
    ],
)
def test_a_clip_whose_sizes_differ_is_named_and_skipped(
    folder: Path,
    frames: list[tuple[int, int]],
    alphas: list[tuple[int, int]],
    why: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for part, sizes in (("frames", frames), ("alpha", alphas)):
        (folder / "clips" / "odd" / part).mkdir(parents=True)
        for number, size in enumerate(sizes):
            cv2.imwrite(str(folder / "clips" / "odd" / part / f"{number}.png"), np.full(size, 255, np.uint8))
    write_pairs(folder / "clips" / "whole", ["0", "1"])
    (folder / "clips" / "whole" / "images").rename(folder / "clips" / "whole" / "frames")
    (folder / "clips" / "whole" / "masks").rename(folder / "clips" / "whole" / "alpha")
    assert main(["evaluate", str(folder / "good.json"), str(folder / "clips")]) == 0
    said = capsys.readouterr().err.replace("\n", " ")
    assert why in said and "1 of 2 clips skipped" in said


def test_a_folder_of_adapters_stands_for_all_of_them(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "peers").mkdir()
    for name in ("first", "second"):
        write_peer(folder / "peers", name, 48, 64)
    (folder / "peers" / "peers.json").write_text("[]")
    assert evaluate(folder, "--compare", str(folder / "peers")) == 0
    assert "| first | 3 |" in (said := capsys.readouterr().out) and "| second | 3 |" in said


def test_what_is_not_there_is_said(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "registry.toml").touch()
    monkeypatch.setenv("LIVE_SEG_WEIGHTS", str(folder))
    assert main(["evaluate", str(folder / "good.json"), str(folder / "nothing")]) == 2
    assert main(["evaluate", str(folder / "nobody.onnx"), str(folder / "data")]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_crops_are_measured_instead_of_the_pictures(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for file in [*(folder / "data" / "images").iterdir(), *(folder / "data" / "masks").iterdir()]:
        small = cv2.imread(str(file), cv2.IMREAD_UNCHANGED)
        cv2.imwrite(str(file), cv2.resize(small, None, fx=5, fy=5, interpolation=cv2.INTER_NEAREST))
    assert evaluate(folder, "--crops", "2", "--out", str(folder / "out")) == 0
    rows = list(csv.DictReader((folder / "out" / "pictures.csv").read_text().splitlines()))
    assert [row["picture"] for row in rows][:3] == ["desk-1-crop0", "desk-1-crop1", "desk-2-crop0"]
    assert {row["source"] for row in rows} == {"desk", "sofa"} and len(rows) == 6
    assert all(float(row["iou"]) > 0.9 for row in rows), "mask and picture are cropped alike"
    assert "--crops 2`" in capsys.readouterr().out


@pytest.mark.parametrize("options", [("--crops", "-1"), ("--crops", "2", "--empty")])
def test_crops_of_nothing_are_refused(folder: Path, options: tuple[str, ...]) -> None:
    assert evaluate(folder, *options) == 2
