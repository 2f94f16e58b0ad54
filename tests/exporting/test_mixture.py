from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("segmentation_models_pytorch")

import torch

from live_seg.cli.average import parse_shares
from live_seg.cli.main import main
from live_seg.evaluation.pairs import Pair
from live_seg.exporting.checkpoint import load_checkpoint, network_of
from live_seg.exporting.mixture import mixed, read_states, sweep, sweep_shares
from live_seg.frame import Alpha, Image
from live_seg.models import Model
from live_seg.training.renormalise import renormalise

pytestmark = pytest.mark.training


@pytest.fixture
def files(network: Any, tmp_path: Path) -> tuple[Path, Path]:
    """The shipped network, and the same with its answer turned round."""
    state = network.state_dict()
    torch.save({"ema": state}, tmp_path / "good.pt")
    head = {name: -one if name.startswith("segmentation_head") else one for name, one in state.items()}
    torch.save(head, tmp_path / "bad.pt")
    return tmp_path / "good.pt", tmp_path / "bad.pt"


def test_an_average_is_the_weighted_mean_and_counters_are_the_largest_shares() -> None:
    one = {"w": torch.tensor([1.0, -2.0]), "seen": torch.tensor(10)}
    two = {"w": torch.tensor([3.0, 6.0]), "seen": torch.tensor(20)}
    three = {"w": torch.tensor([10.0, 0.0]), "seen": torch.tensor(30)}
    result = mixed([one, two, three], [0.5, 0.3, 0.2])
    assert result["w"].tolist() == pytest.approx([0.5 * 1 + 0.3 * 3 + 0.2 * 10, 0.5 * -2 + 0.3 * 6])
    assert int(result["seen"]) == 10 and int(mixed([one, two], [0.4, 0.6])["seen"]) == 20
    assert one["w"].tolist() == [1.0, -2.0]


def test_shares_are_parts_of_one() -> None:
    assert parse_shares(["a.pt=3", "b.pt"]) == ([Path("a.pt"), Path("b.pt")], [0.75, 0.25])
    assert parse_shares(["x=y.pt", "b.pt=1"])[0] == [Path("x=y.pt"), Path("b.pt")]


def test_a_sweep_goes_from_one_end_to_the_other_by_way_of_what_was_asked_for() -> None:
    assert [one[0] for one in sweep_shares([0.6, 0.4])] == [1.0, 0.75, 0.6, 0.5, 0.25, 0.0]
    three = sweep_shares([0.5, 0.4, 0.1])
    assert len(three) == 5 and three[-1] == pytest.approx((0.0, 0.8, 0.2))
    assert sweep_shares([1.0, 0.0])[-1] == (0.0, 1.0)


def test_the_command_writes_what_can_be_exported(files: tuple[Path, Path], network: Any, tmp_path: Path) -> None:
    good, bad = (copied(file, tmp_path / file.stem / "weights.pt") for file in files)  # as runs name them
    out = tmp_path / "new" / "mean.pt"
    assert main(["average", f"{good}=3", f"{bad}=1", "--out", str(out)]) == 0
    found, expected = load_checkpoint(out).state_dict(), network.state_dict()
    head = "segmentation_head.0.weight"
    assert torch.allclose(found[head], expected[head] * 0.5)
    assert torch.equal(found["encoder.conv1.weight"], expected["encoder.conv1.weight"])
    assert torch.load(out, weights_only=True)["average_of"] == [("good/weights.pt", 0.75), ("bad/weights.pt", 0.25)]


def test_a_model_file_takes_part_with_its_normalisation_folded(fp16: Path, network: Any, tmp_path: Path) -> None:
    trained, out = load_checkpoint(fp16), tmp_path / "mean.pt"
    renormalise(trained, [torch.randn(2, 3, 64, 64)])  # answers as the model file does, by other weights
    torch.save(trained.state_dict(), tmp_path / "trained.pt")
    assert main(["average", str(tmp_path / "trained.pt"), str(fp16), "--out", str(out)]) == 0
    image = torch.randn(1, 3, 64, 96)
    with torch.inference_mode():
        assert torch.allclose(load_checkpoint(out)(image), network(image), atol=0.02)
    plain = mixed([trained.state_dict(), network.state_dict()], [0.5, 0.5])
    with torch.inference_mode():
        assert not torch.allclose(network_of(plain, out)(image), network(image), atol=0.5), "nothing to fold"


def copied(file: Path, to: Path) -> Path:
    to.parent.mkdir()
    return Path(shutil.copy(file, to))


def test_the_sweep_tells_the_good_from_the_bad(
    files: tuple[Path, Path], data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "rooms").mkdir()
    cv2.imwrite(str(tmp_path / "rooms" / "wall.png"), np.full((96, 128, 3), 90, np.uint8))
    words = ["--sweep", str(data), "--rooms", str(tmp_path / "rooms"), "--every", "3"]
    assert main(["average", *map(str, files), *words]) == 0
    lines = [line.split("|") for line in capsys.readouterr().out.splitlines() if line.startswith("| ")]
    assert [cell.strip() for cell in lines[0][1:-1]] == ["shares", "iou", "boundary_iou", "mad", "false_area"]
    scores = {line[1].strip(): [float(cell) for cell in line[2:-1]] for line in lines[2:]}
    assert list(scores) == ["1.00 / 0.00", "0.75 / 0.25", "0.50 / 0.50", "0.25 / 0.75", "0.00 / 1.00"]
    good, bad = scores["1.00 / 0.00"], scores["0.00 / 1.00"]
    assert good[0] > 0.7 and bad[0] < 0.3 and good[3] < 0.5 < bad[3]


def test_a_sweep_chooses_by_the_rows_val_of_pictures_and_of_rooms(
    files: tuple[Path, Path], data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []

    def seen(states: object, mixes: object, pairs: list[Pair], rooms: list[Path], *_: object) -> Iterator[Any]:
        shown.extend([*(pair.name for pair in pairs), *(room.stem for room in rooms)])
        yield "1.00", {"iou": 1.0, "pictures": 1, "rooms": 1}

    monkeypatch.setattr("live_seg.exporting.mixture.sweep", seen)
    for kind in ("pairs", "rooms"):
        rows = (f"{part},{data}/images/{name}.png,{data}/masks/{name}.png" for part, name in PARTS[kind].items())
        (tmp_path / f"{kind}.csv").write_text("\n".join(["split,image,mask", *rows]))
    words = ["--sweep", str(tmp_path / "pairs.csv"), "--rooms", str(tmp_path / "rooms.csv")]
    assert main(["average", *map(str, files), *words]) == 0
    assert shown == ["wide", "close"]


PARTS = {"pairs": {"val": "wide", "test": "square"}, "rooms": {"val": "close", "test": "upright"}}


def test_a_sweep_shows_mirror_images_too(
    files: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class LeftHalf:
        """Takes the left half for the person, whatever is there."""

        name = "left"

        def still(self, image: Image) -> Alpha:
            matte = np.zeros(image.shape[:2], np.uint8)
            matte[:, : image.shape[1] // 2] = 255
            return matte

        def reset(self) -> None: ...

        def close(self) -> None: ...

    monkeypatch.setattr("live_seg.exporting.mixture.OwnModel", lambda row, _: rows.append(row) or LeftHalf())
    cv2.imwrite(str(tmp_path / "image.png"), np.zeros((40, 60, 3), np.uint8))
    cv2.imwrite(str(tmp_path / "mask.png"), LeftHalf().still(np.zeros((40, 60, 3), np.uint8)))
    pairs, rooms = [Pair(tmp_path / "image.png", tmp_path / "mask.png")], [tmp_path / "image.png"]
    rows: list[Model] = []
    ((_, means),) = sweep(read_states(files), [(1.0, 0.0)], pairs, rooms, 20480, 3.0, lambda *_: lambda: None)
    assert (rows[0].area_px, rows[0].logit_gain) == (20480, 3.0)  # as what will ship
    assert (means["iou"], means["false_area"], means["pictures"], means["rooms"]) == (0.5, 0.5, 1, 1)


def test_other_networks_are_refused_and_named(
    files: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = str(files[0])
    torch.save({"w": torch.zeros(3)}, tmp_path / "other.pt")
    wider = {name: one.repeat(2) if name.endswith("head.0.bias") else one for name, one in torch.load(files[1]).items()}
    torch.save(wider, tmp_path / "wider.pt")
    (tmp_path / "text.pt").write_text("some text")
    cases = (
        (["other.pt"], "another network than"),
        (["wider.pt"], "segmentation_head.0.bias is 2 there and 1 here"),
        (["nothing.pt"], "no checkpoint"),
        (["text.pt"], "text.pt is no checkpoint, is broken, or holds more than weights. Give a .pt file"),
        (["other.pt=-1"], "share"),
        ([], "two files"),
    )
    for others, said in cases:
        given = [str(tmp_path / other) for other in others]
        assert main(["average", good, *given, "--out", str(tmp_path / "mean.pt")]) == 2, said
        assert said in capsys.readouterr().err
    before = files[0].read_bytes()
    assert main(["average", good, good, "--out", good]) == 2 and "is what is read" in capsys.readouterr().err
    assert files[0].read_bytes() == before
    assert main(["average", good, good]) == 2 and "--out" in capsys.readouterr().err
    assert not (tmp_path / "mean.pt").exists()
