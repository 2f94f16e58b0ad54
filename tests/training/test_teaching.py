from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from red_teacher import ALONE, CPU, NOWHERE, STILL, asked
from small_run import config
from test_resume import DiesAt, Killed

from live_seg.errors import UsageError
from live_seg.frame import Size
from live_seg.training.compose import Composer, Draw, load_bank
from live_seg.training.config import Compose, Teaching
from live_seg.training.experiment import STATE, WEIGHTS, read_rows
from live_seg.training.networks import build_network
from live_seg.training.readers import read
from live_seg.training.run import train
from live_seg.training.teaching import Lessons

pytestmark = [
    pytest.mark.training,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning"),
]


def test_what_was_put_in_front_is_not_taught(portraits: Path) -> None:
    bank, _ = load_bank(read(str(portraits)), 96)
    covered = Compose(natural=1.0, reframed=0.0, empty=0.0, joined=0.5, held=0.0, clutter=0.0)
    origins = [
        Composer(bank, NOWHERE, one, STILL).frames(8, Size(64, 64), Draw(CPU, 1)).origin for one in (ALONE, covered)
    ]
    assert origins[0] is not None and origins[0].bare.all()
    assert origins[1] is not None and not origins[1].bare[:4].all() and origins[1].bare[4:].all()


def test_what_is_seen_without_the_head_is_not_taught(portraits: Path) -> None:
    bank, _ = load_bank(read(str(portraits)), 96)
    headless = replace(ALONE, headless=1.0)
    origin = Composer(bank, NOWHERE, headless, STILL).frames(32, Size(64, 64), Draw(CPU, 1)).origin
    assert origin is not None
    taught = origin.bare.mean((1, 2, 3))
    assert set(taught.tolist()) == {0.0, 1.0}, "whole frames, a third of them"


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
