from __future__ import annotations

import importlib
import json
import math
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnxruntime
import pytest
import torch
from small_run import OURS, config

from live_seg.cli.main import main
from live_seg.errors import LiveSegError, UsageError
from live_seg.evaluation.measure import load_checked
from live_seg.exporting.checkpoint import load_checkpoint, read_weights
from live_seg.models import find_model
from live_seg.training.config_file import read_config
from live_seg.training.data import training_samples
from live_seg.training.experiment import WEIGHTS, new_folder, read_rows
from live_seg.training.networks import build_network
from live_seg.training.readers import read
from live_seg.training.reporter import Silent
from live_seg.training.run import train
from live_seg.training.schedule import rate, stages
from live_seg.training.validate import predict

pytestmark = [
    pytest.mark.training,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning"),
]


def test_a_network_overfits_eight_pictures(portraits: Path, tmp_path: Path) -> None:
    many = {"steps": 90, "batch": 8, "learning_rate": 4e-3, "validate_every": 90, "average": 0.9, "shapes": ["64x64"]}
    folder = train(config(portraits, tmp_path, train=many, log={"every": 30}))
    metrics = json.loads((folder / "metrics.json").read_text())
    assert metrics["val"]["n"] == 8
    assert metrics["val"]["iou"] > 0.95
    for name in ("config.toml", "log.csv", "curves.png", "overlays.jpg", "batch.jpg", WEIGHTS):
        assert (folder / name).stat().st_size > 100


def test_a_network_that_goes_astray_is_said(portraits: Path, tmp_path: Path) -> None:
    ends: list[Mapping[str, object]] = []

    class Listening(Silent):
        def finished(self, metrics: Mapping[str, object]) -> None:
            ends.append(metrics)

    with pytest.raises(LiveSegError, match=r"astray at step \d"):
        train(config(portraits, tmp_path, train={"learning_rate": 1e25, "warm_up": 0}), Listening())
    assert ends == [{}], "who draws a bar is told that it broke off"


def test_the_onnx_of_a_run_gives_the_mattes_of_its_weights(portraits: Path, tmp_path: Path) -> None:
    run = config(portraits, tmp_path, network=OURS, train={"steps": 2}, log={"onnx": True})
    folder = train(run)
    assert json.loads((folder / "metrics.json").read_text())["onnx"] == "written"
    network = build_network(run.network)[0].eval()
    network.load_state_dict(read_weights(folder / WEIGHTS))
    session = onnxruntime.InferenceSession(folder / "weights.onnx", providers=["CPUExecutionProvider"])
    picture = torch.randn(1, 3, 96, 64, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        expected = network(picture).numpy()
    (found,) = session.run(None, {session.get_inputs()[0].name: picture.numpy()})
    assert np.abs(found - expected).max() < 1e-3
    image, _ = load_checked(read(str(portraits))[0])
    assert predict(network, image, 64 * 64).shape == image.shape[:2]


def test_the_networks_within_are_trained_and_scored(portraits: Path, tmp_path: Path) -> None:
    whole = build_network(config(portraits, tmp_path, network=OURS).network)[0]
    torch.save(whole.state_dict(), tmp_path / "whole.pt")
    network = {**OURS, "deep_supervision": True, "start": str(tmp_path / "whole.pt")}
    run = config(portraits, tmp_path, network=network, train={"steps": 1, "average": 0.0}, data={"most_val": 2})
    torch.manual_seed(run.train.seed)
    before = build_network(run.network)[0].state_dict()
    folder = train(run)
    assert set(json.loads((folder / "metrics.json").read_text())["cuts"]) == {"1", "2", "3"}
    after = read_weights(folder / WEIGHTS)
    heads = [name for name in after if name.startswith("cut_heads.")]
    assert len(heads) == 6 and all(not torch.equal(after[name], before[name]) for name in heads)
    with pytest.raises(UsageError, match="no deep supervision"):
        build_network(config(portraits, tmp_path, network={"deep_supervision": True}).network)


def test_pictures_that_cannot_be_validated_on_are_told(portraits: Path, tmp_path: Path) -> None:
    said: list[str] = []

    class Listening(Silent):
        def said(self, text: str) -> None:
            said.append(text)

    shutil.copytree(portraits, tmp_path / "val")
    for mask in sorted((tmp_path / "val" / "masks").iterdir())[:3]:
        cv2.imwrite(str(mask), np.zeros((8, 8), np.uint8))
    run = config(portraits, tmp_path, data={"val": [str(tmp_path / "val")]}, train={"steps": 1, "batch": 2})
    metrics = json.loads((train(run, Listening()) / "metrics.json").read_text())
    assert metrics["val"]["n"] == 5
    assert any(line.startswith("3 of 8 pictures could not be validated on") for line in said)


def test_early_stop_and_tensorboard(portraits: Path, tmp_path: Path) -> None:
    pytest.importorskip("tensorboard")
    frozen = {"steps": 8, "learning_rate": 1e-12, "validate_every": 1, "patience": 2, "average": 0.0, "batch": 2}
    folder = train(config(portraits, tmp_path, train=frozen, log={"tensorboard": True}))
    assert len(read_rows(folder)) < 8
    assert list((folder / "tensorboard").glob("events.*"))


def test_runs_are_numbered(tmp_path: Path) -> None:
    assert [new_folder(tmp_path / "runs").name for _ in range(2)] == ["exp1", "exp2"]
    (tmp_path / "runs" / "exp9").mkdir()
    assert new_folder(tmp_path / "runs").name == "exp10"


def test_the_learning_rate_rises_and_falls() -> None:
    assert rate(0, 100, 10, 0.02) == pytest.approx(0.1)
    assert rate(50, 100, 10, 0.02) == pytest.approx(0.51)
    assert rate(100, 100, 10, 0.02) == pytest.approx(0.02)
    assert rate(25, 100, 0, 0.0) == pytest.approx(0.5 + math.sqrt(0.5) / 2)


def test_wrong_names_are_refused_with_the_nearest(portraits: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="UnetPlusPlus"):
        build_network(config(portraits, tmp_path, network={"architecture": "UnetPlus"}).network)
    with pytest.raises(UsageError, match="resnet18"):
        build_network(config(portraits, tmp_path, network={"architecture": "Unet", "encoder": "resnet81"}).network)
    with pytest.raises(UsageError, match="nothing"):
        build_network(config(portraits, tmp_path, network={"start": "nothing.pt"}).network)
    for content in ([1, 2], {"step": 3, "network": {}}):  # the latter as a run's state.pt, in place of its weights.pt
        torch.save(content, tmp_path / "odd.pt")
        with pytest.raises(UsageError, match="holds no weights"):
            build_network(config(portraits, tmp_path, network={"start": str(tmp_path / "odd.pt")}).network)
    with pytest.raises(UsageError, match="go on from"):
        train(config(portraits, tmp_path), resume=tmp_path)


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ({"network": {**OURS, "skips": [16, 32]}}, "cannot be made"),
        ({"network": {"options": {"foo": 1}}}, "cannot be made"),
        ({"data": {"weights": {"figure": float("inf")}}}, "Weights are finite"),
        ({"data": {"weights": {"figure": 0.0}, "crops": {"figure": 1.0}}}, "leaves nobody to put"),
        ({"train": {"shapes": []}}, "names no shape"),
    ],
    ids=str,
)
def test_what_cannot_be_is_said_in_one_line(portraits: Path, tmp_path: Path, part: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        train(config(portraits, tmp_path, **part))


def test_no_encoder_is_fetched_for_a_network_that_starts_from_a_whole_one(
    portraits: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network, _ = build_network(config(portraits, tmp_path).network)
    torch.save(network.state_dict(), tmp_path / "whole.pt")
    monkeypatch.setattr("live_seg.training.networks._load_encoder", lambda *_: pytest.fail("it was"))
    parts = {"start": str(tmp_path / "whole.pt"), "encoder_weights": "imagenet"}
    assert build_network(config(portraits, tmp_path, network=parts).network)[1].startswith("starts from")


@pytest.mark.parametrize("kind", ["model", "checkpoint"])
def test_a_run_from_a_whole_network_begins_by_its_normalisation(
    kind: str, portraits: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = find_model("person-fp16").file
    if kind == "checkpoint":  # such as an average with a model file
        torch.save(load_checkpoint(start).state_dict(), start := tmp_path / "start.pt")
    seen: list[tuple[int, ...]] = []
    monkeypatch.setattr(
        "live_seg.training.loop.renormalise", lambda _, batches: seen.extend(one.shape for one in batches)
    )
    network = {**OURS, "skips": [16, 32, 48, 96, 160], "options": {}, "start": str(start)}
    train(config(portraits, tmp_path, network=network, train={"steps": 1, "batch": 2}, data={"most_val": 1}))
    assert seen == [(16, 3, 64, 64), (16, 3, 64, 96)]


def test_the_command_takes_a_file_and_keys(portraits: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "run.toml"
    file.write_text(f'[data]\ntrain = ["{portraits.as_posix()}"]\n[train]\nsteps = 9\n')
    assert main(["train", str(file), "--set", "train.steps=2", "--print-config"]) == 0
    assert "steps = 2\n" in capsys.readouterr().out
    assert main(["train", str(file), "--set", "train.stepps=2", "--print-config"]) == 2
    assert "train.steps" in capsys.readouterr().err
    assert main(["train", str(file), "--set", 'train.losses={"dise"=1.0}']) == 2
    assert "dice" in capsys.readouterr().err
    assert main(["train"]) == 2


def test_shipped_configurations_are_valid_and_build() -> None:
    folder = Path(__file__).resolve().parents[2] / "configs" / "train"
    files = sorted(folder.glob("*.toml"))
    people = {"person", "person-further", "person-plain", "person-unet", "person-deeplab-se", "person-free"}
    assert people | {"pets", "pets-unet"} <= {file.stem for file in files}
    for file in files:
        config = read_config(file, ["network.encoder_weights="])
        assert stages(config)[-1].stop == config.train.steps
        network, _ = build_network(config.network)
        with torch.no_grad():
            assert network.eval()(torch.zeros(1, 3, 64, 96)).shape == (1, 1, 64, 96)


def test_the_augment_command_loads_no_more_of_anything_than_it_was_told(
    portraits: Path, rooms: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, loaded = tmp_path / "run.toml", list[int]()
    places = (f'{key} = ["{place.as_posix()}"]' for key, place in {"train": portraits, "animals": portraits}.items())
    file.write_text("\n".join(["[data]", *places, "side_px = 96"]))
    banks = "live_seg.training.compose.bank"
    true_load = importlib.import_module(banks).load_bank

    def load_bank(samples: list[Any], *others: Any) -> Any:
        loaded.append(len(samples))
        return true_load(samples, *others)

    for place in (banks, "live_seg.training.compose"):
        monkeypatch.setattr(f"{place}.load_bank", load_bank)
    assert main(["data", "augment", str(file), "--sheet", str(tmp_path / "sheet.jpg"), "--most", "2"]) == 0
    assert loaded == [2, 2]


def test_the_augment_command_writes_its_sheet(portraits: Path, rooms: Path, tmp_path: Path) -> None:
    file, sheet = tmp_path / "run.toml", tmp_path / "sheet.jpg"
    file.write_text(f'[data]\ntrain = ["{portraits.as_posix()}"]\nrooms = ["{rooms.as_posix()}"]\nside_px = 96\n')
    command = ["data", "augment", str(file), "--sheet", str(sheet)]
    assert main(command) == 0
    without = cv2.imread(str(sheet))
    nobody = f'data.nobody=["{rooms.as_posix()}"]'
    assert main([*command, "--set", "data.crops={figure = 1}", "--set", nobody]) == 0
    assert cv2.imread(str(sheet)).shape[0] > without.shape[0], "crops and pictures with nobody have a row each"


def test_a_network_without_an_encoder_trains_with_animals_and_in_phases(portraits: Path, tmp_path: Path) -> None:
    changed = {
        "network": {"architecture": "PlainUnet", "encoder_weights": "", "options": {"levels": 3, "base": 4}},
        "data": {"animals": [str(portraits)]},
        "train": {"steps": 4, "phases": [{"share": 0.5, "scale": 0.5, "compose": {"natural": 0.9, "reframed": 0.0}}]},
    }
    folder = train(config(portraits, tmp_path, **changed))
    assert [row["step"] for row in read_rows(folder)][-1] == 4
    again = read_config(folder / "config.toml")
    assert again.train.phases[0].compose == {"natural": 0.9, "reframed": 0.0} and again.data.animals


def test_a_source_that_is_left_out_is_scored_apart(portraits: Path, tmp_path: Path) -> None:
    for part in ("images", "masks"):
        (tmp_path / "both" / part).mkdir(parents=True)
        for number, file in enumerate(sorted((portraits / part).iterdir())):
            name = f"{'other' if number < 3 else 'figure'}-{number}.png"
            (tmp_path / "both" / part / name).write_bytes(file.read_bytes())
    data = {"train": [str(portraits)], "val": [str(tmp_path / "both")], "leave_out": ["other"]}
    run = config(portraits, tmp_path, data=data, train={"steps": 2})
    metrics = json.loads((train(run) / "metrics.json").read_text())
    assert metrics["left_out"]["other"]["n"] == 3 and 0 <= metrics["left_out"]["other"]["iou"] <= 1
    assert metrics["val"]["n"] == 5 and set(metrics["val_sources"]) == {"figure"}
    only_trained = training_samples(
        config(portraits, tmp_path, data={**data, "train": [str(tmp_path / "both")], "val": [str(portraits)]})
    )
    assert {one.source for one in only_trained.train} == {"figure"} and len(only_trained.left_out) == 3
    for wrong, said in ((["othr"], "other"), (["other", "figure"], "nothing to train on")):
        with pytest.raises(UsageError, match=said):
            training_samples(config(portraits, tmp_path, data={**data, "leave_out": wrong}))
