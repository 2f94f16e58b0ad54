from __future__ import annotations

import errno
import json
import os
import time
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest
import torch
from figures import figure
from onnx import TensorProto, helper, numpy_helper
from small_run import config
from test_resume import DiesAt, Killed

from live_seg.errors import UsageError
from live_seg.evaluation.adapter import read_adapter
from live_seg.frame import Image, Size
from live_seg.training.compose import Composer, Draw, Rooms, load_bank
from live_seg.training.config import Camera, Compose, Teaching
from live_seg.training.experiment import STATE, WEIGHTS, read_rows
from live_seg.training.networks import build_network
from live_seg.training.readers import read
from live_seg.training.run import train
from live_seg.training.teaching import Lessons, Teacher, answers, ask_once

pytestmark = [
    pytest.mark.training,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning"),
]
CPU = torch.device("cpu")
ALONE = Compose(natural=1.0, reframed=0.0, empty=0.0, whole=1.0, joined=0.0, held=0.0, clutter=0.0, untouched=1.0)
STILL = Camera(colour=0.0)
NOWHERE = Rooms(torch.zeros((0, 3, 288, 512), dtype=torch.uint8), torch.zeros(0))


@pytest.fixture(scope="session")
def teacher(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An adapter of a network that takes red for a person, and averages its picture by eights on the way."""
    folder = tmp_path_factory.mktemp("teacher")
    pick = numpy_helper.from_array(np.array([[1.0, 0.0, 0.0]], np.float32).reshape(1, 3, 1, 1), "pick")
    nodes = [
        helper.make_node("AveragePool", ["picture"], ["eighth"], kernel_shape=[8, 8], strides=[8, 8]),
        helper.make_node("Conv", ["picture", "pick"], ["matte"]),
    ]
    values = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, depth, 96, 96])
        for name, depth in (("picture", 3), ("matte", 1))
    ]
    graph = helper.make_graph(nodes, "red", values[:1], values[1:], [pick])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)
    onnx.save(model, folder / "red.onnx")
    about = {"onnx": "red.onnx", "input": "picture", "output": "matte", "size": [96, 96], "fit": "pad"}
    (folder / "red.json").write_text(json.dumps(about))
    return folder / "red.json"


def asked(adapter: Path, portraits: Path, folder: Path, tensors: tuple[str, ...] = ("eighth",)):
    bank, _ = load_bank(read(str(portraits)), 96)
    said: list[str] = []
    return bank, ask_once(Teacher(read_adapter(adapter), tensors), bank, folder, said.append), said


def test_a_teacher_shows_tensors_of_its_graph_beside_its_matte(teacher: Path) -> None:
    image = np.zeros((96, 96, 3), np.uint8)
    image[:, 48:, 2] = 255
    matte, (eighth,) = Teacher(read_adapter(teacher), ["eighth"]).answer(image)
    assert np.array_equal(matte, image[:, :, 2])
    assert eighth.shape == (3, 12, 12) and np.allclose(eighth[0, :, :6], 0) and np.allclose(eighth[0, :, 6:], 1)


def test_a_tensor_that_is_not_there_is_refused_with_the_nearest_name(teacher: Path) -> None:
    with pytest.raises(UsageError, match="eigth") as refused:
        Teacher(read_adapter(teacher), ["eigth"])
    assert "eighth" in str(refused.value)


def test_the_teacher_is_asked_once(teacher: Path, portraits: Path, tmp_path: Path) -> None:
    _, first, said = asked(teacher, portraits, tmp_path)
    _, again, silence = asked(teacher, portraits, tmp_path)
    assert said and not silence
    assert torch.equal(first.mattes, again.mattes) and torch.equal(first.tensors[0], again.tensors[0])
    asked(teacher, portraits, tmp_path, ())
    assert len(list(tmp_path.iterdir())) == 2


def test_who_waits_never_asks(teacher: Path, portraits: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bank, _ = load_bank(read(str(portraits)), 96)
    said: list[str] = []

    def meanwhile(_: float) -> None:
        asked(teacher, portraits, tmp_path, ())

    monkeypatch.setattr(time, "sleep", meanwhile)
    answers = ask_once(Teacher(read_adapter(teacher), ()), bank, tmp_path, said.append, waits=True)
    assert not said and len(answers.mattes) == len(bank.pictures)


def test_who_comes_second_takes_the_first_ones_answers(
    teacher: Path, portraits: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Teacher.place

    def slow(self: Teacher, image: Image) -> tuple[float, float, float, float]:
        with monkeypatch.context() as quick:
            quick.setattr(Teacher, "place", place)
            asked(teacher, portraits, tmp_path, ())
        return place(self, image)

    monkeypatch.setattr(Teacher, "place", slow)
    asked(teacher, portraits, tmp_path, ())
    (kept,) = tmp_path.iterdir()
    assert {file.name for file in kept.iterdir()} == {"mattes", "agreements", "places", "shapes.txt"}


def test_one_changed_mask_among_many_asks_again(
    teacher: Path, portraits: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank, _ = load_bank(read(str(portraits)), 96)
    many = replace(bank, pictures=bank.pictures[:1].repeat(1200, 1, 1, 1), alphas=bank.alphas[:1].repeat(1200, 1, 1, 1))
    folders: list[Path] = []
    monkeypatch.setattr(answers, "_ask", lambda teacher, bank, folder, said: folders.append(folder))
    for _ in range(2):
        with pytest.raises(FileNotFoundError):
            ask_once(Teacher(read_adapter(teacher), ()), many, tmp_path, lambda _: None)
        many.alphas[1, 0, 0, 0] ^= 255
    assert folders[0] != folders[1]


def test_answers_are_read_where_the_frames_pixels_come_from(teacher: Path, portraits: Path, tmp_path: Path) -> None:
    bank, answers, _ = asked(teacher, portraits, tmp_path)
    frames = Composer(bank, NOWHERE, ALONE, STILL)
    made = frames.frames(12, Size(64, 64), Draw(CPU, 3))
    assert made.origin is not None
    # Red is this teacher's matte, and its tensor averages the picture: both can be had from the frames themselves.
    assert torch.allclose(answers.matte(made.origin), made.pictures[:, :1], atol=0.02)
    told = answers.standardised(0, made.origin, 8)
    plain = told * answers.spreads[0].view(1, 3, 1, 1) + answers.means[0].view(1, 3, 1, 1)
    own = torch.nn.functional.avg_pool2d(made.pictures, 8)
    assert float((plain - own).abs().mean()) < 0.05 < float((plain - own.flip(0)).abs().mean())


def test_agreement_is_that_of_the_masks(teacher: Path, tmp_path: Path) -> None:
    for part in ("images", "masks"):
        (tmp_path / "set" / part).mkdir(parents=True)
    image, mask = np.zeros((64, 96, 3), np.uint8), np.zeros((64, 96), np.uint8)
    image[:, :40, 2], mask[:, :80] = 255, 255
    cv2.imwrite(str(tmp_path / "set" / "images" / "a.png"), image)
    cv2.imwrite(str(tmp_path / "set" / "masks" / "a.png"), mask)
    _, answers, _ = asked(teacher, tmp_path / "set", tmp_path / "kept")
    assert float(answers.agreements[0]) == pytest.approx(0.5)


def test_what_was_put_in_front_is_not_taught(portraits: Path) -> None:
    bank, _ = load_bank(read(str(portraits)), 96)
    covered = Compose(natural=1.0, reframed=0.0, empty=0.0, joined=0.5, held=0.0, clutter=0.0)
    origins = [
        Composer(bank, NOWHERE, one, STILL).frames(8, Size(64, 64), Draw(CPU, 1)).origin for one in (ALONE, covered)
    ]
    assert origins[0] is not None and origins[0].bare.all()
    assert origins[1] is not None and not origins[1].bare[:4].all() and origins[1].bare[4:].all()


@pytest.mark.parametrize("part", ["mattes", "features"])
def test_the_network_comes_to_say_what_the_teacher_says(
    teacher: Path, portraits: Path, tmp_path: Path, part: str
) -> None:
    bank, answers, _ = asked(teacher, portraits, tmp_path)
    torch.manual_seed(0)
    network, _ = build_network(config(portraits, tmp_path).network)
    weights = {"mattes": 0.0, "features": 0.0, part: 1.0}
    lessons = Lessons(network, answers, Teaching(model="red", tensors=["eighth"], least_iou=0.0, **weights), 96)
    frames = Composer(bank, NOWHERE, ALONE, STILL).frames(8, Size(64, 64), Draw(CPU, 1))
    assert frames.origin is not None
    optimiser = torch.optim.Adam([*network.parameters(), *lessons.parameters()], lr=3e-3)
    losses, distances = [], []
    for _ in range(25):
        logits = network(frames.pictures)
        loss = lessons(logits, frames.origin, True)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
        distances.append(float((torch.sigmoid(logits.detach()) - answers.matte(frames.origin)).abs().mean()))
    assert losses[-1] < (0.5 if part == "features" else 0.9) * losses[0]
    assert (distances[-1] < 0.5 * distances[0]) == (part == "mattes")


def test_mattes_teach_only_where_teacher_and_mask_agree_and_nothing_was_put_in_front(
    teacher: Path, portraits: Path, tmp_path: Path
) -> None:
    bank, answers, _ = asked(teacher, portraits, tmp_path, ())
    network, _ = build_network(config(portraits, tmp_path).network)
    origin = Composer(bank, NOWHERE, ALONE, STILL).frames(4, Size(64, 64), Draw(CPU, 1)).origin
    assert origin is not None
    logits = torch.zeros(4, 1, 64, 64)

    def loss(agreement: float, bare: float) -> float:
        told = replace(answers, agreements=torch.full_like(answers.agreements, agreement))
        shown = origin._replace(bare=torch.full_like(origin.bare, bare))
        return float(Lessons(network, told, Teaching(model="red", least_iou=0.5), 96)(logits, shown, True))

    assert loss(0.5, 1.0) > 0
    assert loss(0.49, 1.0) == loss(0.5, 0.0) == 0


def test_at_first_only_what_reads_the_network_learns(teacher: Path, portraits: Path, tmp_path: Path) -> None:
    bank, answers, _ = asked(teacher, portraits, tmp_path)
    network, _ = build_network(config(portraits, tmp_path).network)
    lessons = Lessons(network, answers, Teaching(model="red", tensors=["eighth"], least_iou=0.0), 96)
    frames = Composer(bank, NOWHERE, ALONE, STILL).frames(4, Size(64, 64), Draw(CPU, 1))
    lessons(network(frames.pictures), frames.origin, False).backward()
    assert all(one.grad is None for one in network.parameters())
    assert all(one.grad is not None for one in lessons.parameters())


def test_steps_without_natural_frames_have_no_lesson(teacher: Path, portraits: Path, tmp_path: Path) -> None:
    bank, _, _ = asked(teacher, portraits, tmp_path, ())
    assert Composer(bank, NOWHERE, Compose(natural=0.0), STILL).frames(4, Size(64, 64), Draw(CPU, 1)).origin is None
    parts = {"compose": {"natural": 0.0, "held": 0.0, "clutter": 0.0}}
    taught = train(config(portraits, tmp_path / "a", teaching={"model": str(teacher), "tensors": ["eighth"]}, **parts))
    alone = train(config(portraits, tmp_path / "b", **parts))
    one, other = (torch.load(folder / WEIGHTS, weights_only=True)["ema"] for folder in (taught, alone))
    assert all(torch.equal(tensor, other[name]) for name, tensor in one.items())


def test_answers_that_cannot_be_kept_leave_nothing(
    teacher: Path, portraits: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match=r"answers.*Make room"):
        asked(teacher, portraits, tmp_path / "file" / "kept")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Teacher, "place", full)
    with pytest.raises(UsageError, match="No space left"):
        asked(teacher, portraits, tmp_path / "kept")
    assert not list((tmp_path / "kept").iterdir())


@pytest.mark.parametrize(
    ("tensors", "precision"), [([], "32-true"), (["eighth"], "32-true"), (["eighth"], "bf16-mixed")]
)
def test_a_taught_run_resumes_as_if_it_had_not_stopped(
    teacher: Path, portraits: Path, tmp_path: Path, tensors: list[str], precision: str
) -> None:
    parts = {
        "teaching": {"model": str(teacher), "tensors": tensors, "least_iou": 0.0},
        "compose": {"natural": 0.5, "held": 0.0, "clutter": 0.0},
        "train": {"precision": precision},
    }
    whole = train(config(portraits, tmp_path / "whole", **parts))
    with pytest.raises(Killed):
        train(config(portraits, tmp_path / "cut", **parts), DiesAt(5))
    cut = tmp_path / "cut" / "exp1"
    train(config(portraits, tmp_path / "cut", **parts), resume=cut)
    expected, found = (torch.load(folder / WEIGHTS, weights_only=True)["ema"] for folder in (whole, cut))
    assert all(torch.allclose(one, found[name], atol=1e-6) for name, one in expected.items())
    assert not [name for name in expected if "head" in name and "segmentation" not in name]
    alone = train(config(portraits, tmp_path / "alone", **{**parts, "teaching": {}}))
    untaught = torch.load(alone / WEIGHTS, weights_only=True)["ema"]
    assert not all(torch.allclose(one, untaught[name], atol=1e-6) for name, one in expected.items())
    assert len(read_rows(cut)) == 6 and bool(torch.load(cut / STATE, weights_only=True)["lessons"]) == bool(tensors)


def test_a_network_without_such_a_stride_is_refused(teacher: Path, portraits: Path, tmp_path: Path) -> None:
    _, answers, _ = asked(teacher, portraits, tmp_path)
    network, _ = build_network(config(portraits, tmp_path).network)
    with pytest.raises(UsageError, match="stride of 24"):
        Lessons(network, answers, Teaching(model="red", tensors=["eighth"]), 24 * 12)
    plain = build_network(config(portraits, tmp_path, network={"architecture": "PlainUnet", "options": {}}).network)[0]
    with pytest.raises(UsageError, match="encoder"):
        Lessons(plain, answers, Teaching(model="red", tensors=["eighth"]), 96)


def test_an_answer_lies_where_the_banks_mask_lies(portraits: Path, teacher: Path, tmp_path: Path) -> None:
    _, answers, _ = asked(teacher, portraits, tmp_path, ())
    image, _ = figure(2)
    index = [sample.name for sample in read(str(portraits))].index("figure-2")
    high, wide = image.shape[:2]
    assert np.array_equal(answers.mattes[index, 0, :high, :wide].numpy(), image[:, :, 2])


def test_two_taught_processes_equal_one(teacher: Path, portraits: Path, tmp_path: Path) -> None:
    parts = {
        "teaching": {"model": str(teacher), "tensors": ["eighth"], "least_iou": 0.0},
        "compose": {"natural": 0.5, "held": 0.0, "clutter": 0.0},
    }
    twice = {"steps": 4, "batch": 2, "validate_every": 4, "average": 0.0}
    alone = train(config(portraits, tmp_path / "one", train={**twice, "accumulate": 2}, **parts))
    together = train(config(portraits, tmp_path / "two", train=twice, machine={"devices": 2}, **parts))
    one, two = (torch.load(folder / STATE, weights_only=True) for folder in (alone, together))
    for part in ("network", "lessons"):
        learned = [name for name in one[part] if "running_" not in name and "num_batches" not in name]
        assert max(float((one[part][name] - two[part][name]).abs().max()) for name in learned) < 2e-4
