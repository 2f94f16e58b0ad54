from __future__ import annotations

import errno
import os
import time
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from figures import figure
from red_teacher import ALONE, CPU, NOWHERE, STILL, asked

from live_seg.errors import UsageError
from live_seg.evaluation.adapter import read_adapter
from live_seg.frame import Image, Size
from live_seg.training.compose import Composer, Draw, load_bank
from live_seg.training.readers import read
from live_seg.training.teaching import Teacher, answers, ask_once

pytestmark = [
    pytest.mark.training,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning"),
]


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


def test_an_answer_lies_where_the_banks_mask_lies(portraits: Path, teacher: Path, tmp_path: Path) -> None:
    _, answers, _ = asked(teacher, portraits, tmp_path, ())
    image, _ = figure(2)
    index = [sample.name for sample in read(str(portraits))].index("figure-2")
    high, wide = image.shape[:2]
    assert np.array_equal(answers.mattes[index, 0, :high, :wide].numpy(), image[:, :, 2])
