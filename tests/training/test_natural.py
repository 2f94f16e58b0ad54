"""Frames that are whole pictures in their own shape and light."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from live_seg.errors import UsageError
from live_seg.frame import Size
from live_seg.training.compose import Bank, Composer, Draw, Rooms, load_bank
from live_seg.training.compose.framing import SQUEEZED, natural
from live_seg.training.compose.parts import NO_CAMERA as STILL
from live_seg.training.compose.parts import NO_COMPOSE as PLAIN
from live_seg.training.config import Camera, Compose, Data
from live_seg.training.data import empty_samples
from live_seg.training.readers import read

pytestmark = pytest.mark.training

CPU = torch.device("cpu")
BLUE = Rooms(torch.tensor([0, 0, 255], dtype=torch.uint8).view(1, 3, 1, 1).expand(1, 3, 288, 512), torch.ones(1))
WHOLE = replace(PLAIN, natural=1.0, whole=1.0)


@pytest.fixture(scope="module")
def bank(portraits: Path) -> Bank:
    """Red figures, 80 wide and 96 high, before walls without much blue."""
    bank = load_bank(read(str(portraits)), 96)[0]
    pictures = bank.pictures.clone()
    pictures[:, 2] //= 4
    return replace(bank, pictures=pictures)


def rulers(*sizes: tuple[int, int]) -> Bank:
    """Pictures whose red is twice the column, whose green is twice the row, whose blue is ten times their number."""
    side = max(map(max, sizes))
    pictures = torch.zeros(len(sizes), 3, side, side, dtype=torch.uint8)
    pictures[:, 0] = torch.arange(side) * 2
    pictures[:, 1] = torch.arange(side)[:, None] * 2
    pictures[:, 2] = torch.arange(len(sizes))[:, None, None] * 10
    boxes = torch.tensor([[0.0, 0.0, *size] for size in sizes])
    cuts = torch.zeros(len(sizes), 3, dtype=torch.bool)
    whole = torch.full((len(sizes), 1, side, side), 255, dtype=torch.uint8)
    return Bank(pictures, whole, torch.tensor(sizes).float(), boxes, cuts, *torch.ones(2, len(sizes)))


def frames(bank: Bank, compose: Compose, camera: Camera = STILL, count: int = 8) -> tuple[torch.Tensor, torch.Tensor]:
    return Composer(bank, BLUE, compose, camera)(count, Size(64, 64), Draw(CPU, 4))


@pytest.mark.parametrize(("natural", "empty"), [(0.5, 0.2), (0.0, 0.1), (1.0, 0.0), (0.25, 0.5)])
def test_a_batch_has_its_shares_of_whole_pictures_composed_ones_and_empty_rooms(
    bank: Bank, natural: float, empty: float
) -> None:
    pictures, alpha = frames(bank, replace(PLAIN, natural=natural, empty=empty), count=20)
    in_a_room = (pictures[:, 2] > 0.9).flatten(1).any(1)
    nobody = alpha.amax((1, 2, 3)) == 0
    assert int((~in_a_room).sum()) == 20 * natural
    assert int((in_a_room & nobody).sum()) == 20 * empty
    assert int((in_a_room & ~nobody).sum()) == round(20 * (1 - natural - empty))


@pytest.mark.parametrize(("size", "fitting"), [(Size(96, 64), {0, 3}), (Size(64, 64), {1}), (Size(64, 96), {2})])
def test_a_frame_shows_a_picture_of_its_own_shape(size: Size, fitting: set[int]) -> None:
    bank = rulers((96, 64), (80, 80), (64, 96), (100, 64))
    pictures, _, _ = natural(bank, 40, size, Draw(CPU, 1), 0.6)
    numbers = pictures[:, 2, size.height // 2, size.width // 2] * 25.5
    assert set(numbers.round().int().tolist()) == fitting


@pytest.mark.parametrize("whole", [0.0, 1.0])
@pytest.mark.parametrize("size", [Size(96, 64), Size(64, 128), Size(160, 64)])
def test_nobody_is_squeezed_even_where_no_picture_fits(size: Size, whole: float) -> None:
    pictures, _, _ = natural(rulers((90, 70)), 20, size, Draw(CPU, 2), whole)
    middle = pictures[:, :, size.height // 2 - 4 : size.height // 2 + 4, size.width // 2 - 4 : size.width // 2 + 4]
    across = middle[:, 0].diff(dim=2).abs().flatten(1).median(1).values
    down = middle[:, 1].diff(dim=1).abs().flatten(1).median(1).values
    assert float(torch.log(across / down).abs().max()) < SQUEEZED + 0.02


def test_whole_pictures_are_seen_from_edge_to_edge() -> None:
    pictures, _, _ = natural(rulers((90, 80)), 10, Size(96, 96), Draw(CPU, 3), 1.0)
    for channel, length in ((0, 90), (1, 80)):
        ends = torch.stack([pictures[:, channel].amin((1, 2)), pictures[:, channel].amax((1, 2))], 1) * 255 / 2
        assert torch.allclose(ends, torch.tensor([0.0, length - 1]).expand(10, 2), atol=1.5)


def test_the_matte_of_a_natural_frame_lies_on_the_person(bank: Bank) -> None:
    for whole in (0.0, 1.0):
        pictures, alpha = frames(bank, replace(WHOLE, whole=whole))
        red = (pictures[:, 0] - pictures[:, 1]) > 0.4
        assert float((red == (alpha[:, 0] > 0.5)).float().mean()) > 0.97


def test_who_is_pasted_before_a_natural_frame_is_in_the_matte(bank: Bank) -> None:
    before, alone = frames(bank, WHOLE)
    after, both = frames(bank, replace(WHOLE, joined=0.5))
    assert torch.equal(after[4:], before[4:]) and torch.equal(both[4:], alone[4:]), "half of them stay alone"
    changed = (after - before).abs().amax(1, keepdim=True) > 1e-3
    assert (both >= alone).all() and (both[:4] > alone[:4] + 0.5).any((1, 2, 3)).sum() >= 3
    assert bool((both[changed] > 0).all()), "only the person is painted over"
    assert float(after[:, 0][both[:, 0] > 0.99].mean()) > 0.7, "and everybody in the matte is red"


def test_a_cast_lies_over_untouched_frames_too_and_leaves_their_mattes_alone(bank: Bank) -> None:
    clean, alone = frames(bank, replace(WHOLE, untouched=1.0), count=60)
    lit, alpha = frames(bank, replace(WHOLE, untouched=1.0), replace(STILL, cast=0.5), count=60)
    assert torch.equal(alpha, alone)
    is_lit = (lit != clean).flatten(1).any(1)
    is_grey = (lit[:, 0] == lit[:, 1]).flatten(1).all(1) & (lit[:, 1] == lit[:, 2]).flatten(1).all(1)
    assert 18 < int(is_lit.sum()) < 42 and 3 < int(is_grey.sum()) < 0.6 * int(is_lit.sum())
    coloured = is_lit & ~is_grey
    seen = (clean[coloured] > 0.1) & (lit[coloured] < 1)
    factor = torch.where(seen, lit[coloured] / clean[coloured], torch.nan).flatten(2)
    assert 0.49 < float(factor.nan_to_num(1).min()) < 0.7 and 1.2 < float(factor.nan_to_num(1).max()) < 1.41
    assert float((factor.nan_to_num(0).amax(2) - factor.nan_to_num(9).amin(2)).abs().max()) < 1e-3, "one for a channel"


def test_the_camera_leaves_most_natural_frames_alone(bank: Bank) -> None:
    """Its draws come after those that compose, so both batches show the same pictures."""
    camera = Camera(colour=0, two_lights=1, low_light=1, blur=0.5, motion_blur=0.5, noise=2, jpeg=1)
    clean, _ = frames(bank, WHOLE)
    none, _ = frames(bank, WHOLE, camera)
    every, _ = frames(bank, replace(WHOLE, untouched=1.0), camera)
    mixed, _ = frames(bank, replace(PLAIN, natural=0.5, whole=1.0, untouched=1.0), camera)
    assert not (none == clean).all((1, 2, 3)).any() and torch.equal(every, clean)
    bright = mixed.mean((1, 2, 3))
    assert float(bright[:4].min()) > float(bright[4:].max()), "persons in rooms are seen by it"


def test_whole_pictures_keep_half_of_the_change_of_light(bank: Bank) -> None:
    spread = []
    for share in ("natural", "reframed"):
        compose = replace(PLAIN, whole=1.0, **{share: 1.0})
        pictures, _ = frames(bank, compose, replace(STILL, colour=1.0), count=64)
        spread.append(float(np.std(pictures.mean((1, 2, 3)).numpy())))
    assert spread[0] < 0.8 * spread[1]


def test_a_picture_without_a_head_begins_below_it() -> None:
    """Green is twice the row: the person goes from row 0 to row 96."""
    bank = rulers((80, 96))
    _, _, origin = natural(bank, 40, Size(64, 64), Draw(CPU, 3), 0.0, headless=1.0)
    first = origin.y[:, 0].amin(1)
    assert float(first.min()) >= 0.2 * 96 - 1 and float(first.std()) > 4
    assert float(origin.y.max()) < 96
    assert not origin.bare.any(), "a teacher that saw the head does not teach what is seen without"
    low = replace(bank, boxes=torch.tensor([[0.0, 90.0, 80.0, 96.0]]))
    _, _, origin = natural(low, 40, Size(64, 64), Draw(CPU, 3), 0.0, headless=1.0)
    assert float(origin.y[:, 0].amin(1).max()) < 60, "who has next to nothing below is shown as he is"
    assert origin.bare.all()


def test_tilted_frames_are_turned_about_their_middle_and_show_no_other_picture() -> None:
    bank = rulers((120, 100))
    _, _, straight = natural(bank, 60, Size(64, 64), Draw(CPU, 5), 1.0)
    pictures, _, origin = natural(bank, 60, Size(64, 64), Draw(CPU, 5), 1.0, tilted=0.5)
    for channel, place in ((0, origin.x), (1, origin.y)):
        assert torch.allclose(pictures[:, channel] * 255 / 2, place, atol=1.5), (
            "the teacher is asked about these places"
        )
    across, down = (place[:, 32, 33] - place[:, 32, 31] for place in (origin.x, origin.y))
    degrees = torch.rad2deg(torch.atan2(down, across.abs())).abs()
    turned = degrees > 1
    assert 15 < int(turned.sum()) < 45 and 20 < float(degrees.max()) <= 30.5
    assert float(degrees[~turned].max()) < 1
    for one, other in ((origin.x, straight.x), (origin.y, straight.y)):
        middle = (slice(None), slice(31, 33), slice(31, 33))
        assert torch.allclose(one[middle].mean((1, 2)), other[middle].mean((1, 2)), atol=1)
    assert float(origin.x.min()) >= 0 and float(origin.x.max()) <= 120


def test_pictures_of_nobody_are_natural_frames_and_put_nobody_into_a_room(portraits: Path, tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "wall-1.png"), np.full((96, 80, 3), (255, 0, 0), np.uint8))
    nobody = empty_samples(Data(nobody=[str(tmp_path)]))
    assert [(one.name, one.source) for one in nobody] == [("wall-1", "wall")]
    bank, skipped = load_bank([*read(str(portraits)), *nobody], 96, {"wall": 1e6})
    assert not skipped and not bank.people[-1] and bank.people[:-1].equal(bank.weights[:-1])
    walls = replace(BLUE, pictures=torch.zeros_like(BLUE.pictures))
    _, alpha = Composer(bank, walls, PLAIN, STILL)(8, Size(64, 64), Draw(CPU, 4))
    assert (alpha.amax((1, 2, 3)) > 0.9).all(), "who is put into a room is somebody"
    pictures, alpha = Composer(bank, walls, WHOLE, STILL)(8, Size(64, 64), Draw(CPU, 4))
    assert (pictures[:, 2] > 0.9).all() and not alpha.any()


def test_a_folder_of_nobody_that_holds_no_picture_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no picture"):
        empty_samples(Data(nobody=[str(tmp_path)]))
