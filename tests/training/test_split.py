from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from live_seg.cli.main import main
from live_seg.config import build
from live_seg.errors import UsageError
from live_seg.evaluation.pairs import Pair
from live_seg.evaluation.split_file import find_data, find_pictures
from live_seg.training.config import TrainConfig
from live_seg.training.data import training_samples
from live_seg.training.readers import read_all, read_unpaired
from live_seg.training.split import fingerprint, split

pytestmark = pytest.mark.training

SAMPLES = [Pair(Path(f"images/a-{number}.png"), Path(f"masks/a-{number}.png")) for number in range(1000)]


def test_the_same_seed_gives_the_same_split_in_any_order() -> None:
    parts = split(SAMPLES, {"val": 0.1, "test": 0.2}, seed=3)
    again = split(SAMPLES[::-1], {"val": 0.1, "test": 0.2}, seed=3)
    assert fingerprint(parts) == fingerprint(again)
    assert fingerprint(parts) != fingerprint(split(SAMPLES, {"val": 0.1, "test": 0.2}, seed=4))


def test_shares_are_met_and_nothing_is_lost_or_doubled() -> None:
    parts = split(SAMPLES, {"val": 0.1, "test": 0.2})
    assert len(parts["val"]) == pytest.approx(100, abs=40) and len(parts["test"]) == pytest.approx(200, abs=50)
    assert sorted(one.name for part in parts.values() for one in part) == sorted(one.name for one in SAMPLES)


def test_a_picture_that_is_added_moves_no_other() -> None:
    before, after = split(SAMPLES[:500], {"val": 0.1}), split(SAMPLES, {"val": 0.1})
    assert set(before["val"]) <= set(after["val"])


def test_pictures_that_belong_together_come_to_one_part() -> None:
    """Without, frames of nearly every room lie on both sides."""
    frames = [Pair(Path(f"images/room{room:02}-{at}.png"), Path()) for room in range(60) for at in range(10)]
    single = Pair(Path("images/alone.png"), Path())
    for together, whole in (("", False), (".*-", True), ("nowhere", False), ("x*", False)):
        parts = split([*frames, single], {"val": 0.3}, together=together)
        rooms = {part: {one.name.split("-")[0] for one in samples} for part, samples in parts.items()}
        assert rooms["val"].isdisjoint(rooms["train"]) is whole
        assert len(parts["val"]) == pytest.approx(180, abs=70) and sum(map(len, parts.values())) == 601


def test_what_is_no_regular_expression_is_named(portraits: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "split", str(portraits), "--together", "(room"]) == 2
    assert "'(room' is no regular expression" in capsys.readouterr().err


def test_a_split_is_what_it_was_before() -> None:
    """Else pictures that a network was trained on would be those that the next one is tested on."""
    parts = split(SAMPLES, {"val": 0.1, "test": 0.2}, seed=3)
    assert fingerprint(parts) == "ae44ef2cba46"


def test_a_training_keeps_together_what_it_is_told_to(portraits: Path) -> None:
    parts = {"train": [str(portraits)], "val_share": 0.4}
    assert training_samples(build({"data": parts}, TrainConfig)).val
    assert not training_samples(build({"data": {**parts, "together": "figure-"}}, TrainConfig)).val
    with pytest.raises(UsageError, match="leaves nothing to train on"):
        training_samples(build({"data": {**parts, "together": "figure"}}, TrainConfig))


def test_shares_above_one_are_refused() -> None:
    with pytest.raises(UsageError):
        split(SAMPLES, {"val": 0.7, "test": 0.7})


@pytest.mark.parametrize("share", ["nan", "-0.1", "2", "half"])
def test_what_is_no_share_makes_no_split(portraits: Path, tmp_path: Path, share: str) -> None:
    out = tmp_path / "split.csv"
    assert main(["data", "split", str(portraits), "--val", share, "--out", str(out)]) == 2
    assert not out.exists()


def test_the_command_writes_a_split_file_that_evaluation_reads(
    portraits: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "split.csv"
    assert main(["data", "split", str(portraits), "--test", "0.5", "--val", "0", "--out", str(out)]) == 0
    assert "hash " in capsys.readouterr().out
    pairs = find_data(out, "test") + find_data(out, "train")
    assert len(pairs) == 8 and all(pair.image.is_file() for pair in pairs)


def test_pictures_that_are_links_keep_their_names(portraits: Path, tmp_path: Path) -> None:
    for part in ("images", "masks"):
        (tmp_path / "people" / part).mkdir(parents=True)
        for number, file in enumerate(sorted((portraits / part).iterdir())):
            kept = shutil.copy(file, tmp_path / f"{part}{number}.png")
            (tmp_path / "people" / part / file.name).symlink_to(kept)
    assert main(["data", "split", str(tmp_path / "people"), "--val", "0", "--test", "0"]) == 0
    read = read_all([str(tmp_path / "people" / "split.csv")])
    assert {(one.name, one.source) for one in read} == {(f"figure-{number}", "figure") for number in range(8)}
    rows = csv.DictReader((tmp_path / "people" / "split.csv").read_text().splitlines())
    assert {row["image"] for row in rows} == {f"images/figure-{number}.png" for number in range(8)}


def test_of_two_pictures_with_one_mask_none_is_lost(portraits: Path, tmp_path: Path) -> None:
    shutil.copytree(portraits, tmp_path / "people")
    (tmp_path / "people" / "images" / "figure-0.jpg").write_bytes(
        (tmp_path / "people" / "images" / "figure-0.png").read_bytes()
    )
    assert main(["data", "split", str(tmp_path / "people")]) == 0
    rows = csv.DictReader((tmp_path / "people" / "split.csv").read_text().splitlines())
    assert len({row["image"] for row in rows}) == 9


def test_the_check_command_prints_the_table_and_writes_the_sheet(
    portraits: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet = tmp_path / "sheet.jpg"
    assert main(["data", "check", str(portraits), "--sheet", str(sheet)]) == 0
    said = capsys.readouterr().out
    assert "figure" in said and "8 usable, 0 skipped" in said and sheet.is_file()


def test_the_check_command_names_what_has_no_partner(
    portraits: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(portraits, tmp_path / "people")
    picture = next((tmp_path / "people" / "images").iterdir())
    shutil.copy(picture, picture.with_name("lonely-1.png"))
    shutil.copy(picture, tmp_path / "people" / "masks" / "lonely-2.png")
    assert main(["data", "check", str(tmp_path / "people"), "--sheet", str(tmp_path / "sheet.jpg")]) == 0
    said = capsys.readouterr().out
    assert "skipped: lonely-1.png: it has no mask\nskipped: lonely-2.png: this mask has no picture\n" in said
    assert "8 usable, 2 skipped" in said
    assert read_unpaired(f"pets:{tmp_path}") == []


def test_names_are_told_as_they_are_each_in_one_line(
    portraits: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    image, mask = (sorted((portraits / part).iterdir())[0] for part in ("images", "masks"))
    for part, file in (("images", image), ("masks", mask)):
        (tmp_path / "in" / part).mkdir(parents=True)
        for name in ("[red]me-1", ":smile:-1", "two\nlines-1"):  # to Rich the first two are a colour and a face
            shutil.copy(file, tmp_path / "in" / part / f"{name}.png")
    shutil.copy(image, tmp_path / "in/images/lone\x1b[31mly.png")
    assert main(["data", "check", str(tmp_path / "in"), "--sheet", str(tmp_path / "sheet.jpg")]) == 0
    said = capsys.readouterr().out
    assert "[red]me" in said and ":smile:" in said and "two\\nlines" in said
    assert "skipped: lone\\x1b[31mly.png: it has no mask\n" in said


def test_a_sheet_that_is_named_as_no_picture_is_one_line(portraits: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "check", str(portraits), "--sheet", str(portraits / "sheet.txt")]) == 2
    assert "Name it .jpg, .png or .webp" in capsys.readouterr().err


def test_a_folder_has_no_split(portraits: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for find in (find_data, find_pictures):
        with pytest.raises(UsageError, match=r"has no split 'test'\. Give a split file"):
            find(portraits, "test")
    assert main(["data", "split", str(portraits), "--test", "0.5"]) == 0
    with pytest.raises(UsageError, match=r"Give .*split\.csv"):
        find_data(portraits, "test")


def test_what_is_trained_on_or_chosen_by_comes_from_its_own_part(portraits: Path, tmp_path: Path) -> None:
    file = tmp_path / "split.csv"
    assert main(["data", "split", str(portraits), "--val", "0.3", "--test", "0.3", "--out", str(file)]) == 0
    rows = list(csv.DictReader(file.read_text().splitlines()))
    for usual in ("train", "val", "test"):
        expected = sorted(row["name"] for row in rows if row["split"] == usual)
        assert [one.name for one in find_data(file, usual=usual)] == expected
        assert sorted(one.stem for one in find_pictures(file, usual=usual)) == expected
    for find in (find_data, find_pictures):
        with pytest.raises(UsageError, match=r"has no split 'other'\. There are: test, train, val"):
            find(file, usual="other")  # all of it would be pictures of another part, too


def test_a_file_without_parts_or_with_one_is_taken_whole(portraits: Path) -> None:
    names = sorted(file.stem for file in (portraits / "images").iterdir())
    file = portraits / "some.csv"
    for rows in (["name", *names], ["name,split", *(f"{name},unseen" for name in names)], ["name,split", *names]):
        file.write_text("\n".join(rows))
        assert [one.name for one in find_data(file)] == names
        assert [one.stem for one in find_pictures(file, usual="train")] == names
    file.unlink()


def test_the_mark_before_what_a_spreadsheet_writes_hides_no_column(portraits: Path, tmp_path: Path) -> None:
    file = tmp_path / "split.csv"
    assert main(["data", "split", str(portraits), "--test", "0.5", "--out", str(file)]) == 0
    whole = [one.name for one in find_data(file)]
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert [one.name for one in find_data(file)] == whole and 0 < len(whole) < 8


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("split,image\ntest,\n", "line 2"),
        ("name,split\n,test\n", "line 2"),
        ("split,image\ntest,a.png\n", "no mask of a.png"),
        ("split,image,mask\ntest,a.png\n", "no mask of a.png"),
    ],
)
def test_a_row_that_names_no_pair_is_pointed_out(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / "split.csv").write_text(text)
    with pytest.raises(UsageError, match=why):
        find_data(tmp_path / "split.csv")


def test_the_seed_of_a_run_moves_no_picture_to_the_other_side(portraits: Path) -> None:
    hashes = {
        training_samples(
            build({"data": {"train": [str(portraits)], "val_share": 0.4}, "train": {"seed": seed}}, TrainConfig)
        ).hash
        for seed in (0, 1, 2)
    }
    assert len(hashes) == 1


def test_pictures_on_both_sides_are_counted(portraits: Path) -> None:
    both = {"train": [str(portraits)], "val": [str(portraits)]}
    assert training_samples(build({"data": both}, TrainConfig)).in_both == 8
    shared = training_samples(build({"data": {"train": [str(portraits)], "val_share": 0.4}}, TrainConfig))
    assert shared.in_both == 0 and shared.val


def test_a_source_whose_free_parts_are_wanted_has_to_be_there(portraits: Path) -> None:
    with pytest.raises(UsageError, match=r"source of data\.free"):
        training_samples(build({"data": {"train": [str(portraits)], "free": ["figrue"]}}, TrainConfig))
    few = build({"data": {"train": [str(portraits)], "free": ["figure"], "most": 1}}, TrainConfig)
    assert len(training_samples(few).train) == 1


def test_a_training_takes_its_parts_of_a_split_file_and_leaves_the_test_alone(portraits: Path, tmp_path: Path) -> None:
    file = tmp_path / "split.csv"
    assert main(["data", "split", str(portraits), "--val", "0.3", "--test", "0.3", "--out", str(file)]) == 0
    samples = training_samples(build({"data": {"train": [str(file)], "val": [f"pairs:{file}"]}}, TrainConfig))
    parts = {row["name"]: row["split"] for row in csv.DictReader(file.read_text().splitlines())}
    assert set(parts.values()) == {"train", "val", "test"}
    assert {one.name for one in samples.train} == {name for name, part in parts.items() if part == "train"}
    assert {one.name for one in samples.val} == {name for name, part in parts.items() if part == "val"}
