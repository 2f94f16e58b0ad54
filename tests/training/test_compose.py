from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from scipy import fft

from live_seg.errors import UsageError
from live_seg.frame import Size
from live_seg.shrink import shrink
from live_seg.training.compose import Bank, Composer, Draw, Rooms, load_bank, load_rooms
from live_seg.training.compose.cutting import shown
from live_seg.training.compose.distractors import distracted
from live_seg.training.compose.draw import derived_seed
from live_seg.training.compose.light import in_colour_of
from live_seg.training.compose.parts import NO_CAMERA as STILL
from live_seg.training.compose.parts import NO_COMPOSE as PLAIN
from live_seg.training.compose.parts import parts_sheet
from live_seg.training.compose.placing import clean_edges
from live_seg.training.compose.sampling import grid, mirrored, sample
from live_seg.training.compose.sensor import _cosines, jpeg, noisy
from live_seg.training.compose.things import held, lying
from live_seg.training.config import Camera, Compose, Data, TrainConfig
from live_seg.training.readers import read
from live_seg.training.schedule import stages

pytestmark = pytest.mark.training

CPU = torch.device("cpu")
SIZE = Size(96, 64)


@pytest.fixture(scope="module")
def bank(portraits: Path) -> Bank:
    return load_bank(read(str(portraits)), 96)[0]


@pytest.fixture(scope="module")
def walls(rooms: Path) -> Rooms:
    return load_rooms(Data(rooms=[str(rooms)]))


def compose(bank: Bank, walls: Rooms, compose: Compose = PLAIN, camera: Camera = STILL, seed: int = 0) -> tuple:
    return Composer(bank, walls, compose, camera)(8, SIZE, Draw(CPU, seed))


def test_a_batch_depends_on_its_key_alone(bank: Bank, walls: Rooms) -> None:
    first = compose(bank, walls, Compose(), Camera(), seed=5)
    torch.rand(3)
    again = compose(bank, walls, Compose(), Camera(), seed=5)
    other = compose(bank, walls, Compose(), Camera(), seed=6)
    assert all(torch.equal(one, two) for one, two in zip(first, again, strict=True))
    assert not torch.equal(first[0], other[0])
    assert derived_seed(1, 23) != derived_seed(12, 3)


def test_an_animal_stands_before_persons_and_is_none(bank: Bank, walls: Rooms) -> None:
    """The animals are bright squares here: what they cover is taken out of the matte, and nothing is added to it."""
    animals = replace(bank, pictures=torch.full_like(bank.pictures, 255))
    without, persons = compose(bank, walls)
    keys = replace(PLAIN, animal=1.0), STILL
    pictures, alpha = Composer(bank, walls, *keys, animals=animals)(8, SIZE, Draw(CPU, 0))
    assert (alpha <= persons).all() and (alpha < persons - 0.5).any((1, 2, 3)).sum() >= 4
    covered, changed = alpha < persons - 0.5, (pictures - without).abs().amax(1, keepdim=True) > 1e-3
    assert changed[covered].float().mean() > 0.95, "what is taken out of the matte is painted over"
    nobody, _ = Composer(bank, walls, *keys)(8, SIZE, Draw(CPU, 0))
    assert torch.equal(nobody, without), "without cut-outs nothing is drawn"


@pytest.mark.parametrize("size", [Size(288, 160), Size(224, 224), Size(160, 288)])
def test_batches_of_every_shape_are_pictures_and_mattes(bank: Bank, walls: Rooms, size: Size) -> None:
    pictures, alpha = Composer(bank, walls, Compose(), Camera())(6, size, Draw(CPU, 1))
    assert pictures.shape == (6, 3, size.height, size.width) and alpha.shape == (6, 1, size.height, size.width)
    for one in (pictures, alpha):
        assert float(one.min()) >= 0 and float(one.max()) <= 1 and bool(torch.isfinite(one).all())
    assert 0.02 < float(alpha.mean()) < 0.9


def test_the_matte_lies_on_the_person(bank: Bank, walls: Rooms) -> None:
    # The drawn figures are red, and nothing on the walls is as red.
    pictures, alpha = compose(bank, walls)
    solid = (alpha[:, 0] > 0.99) & (torch.nn.functional.avg_pool2d(alpha, 3, 1, 1)[:, 0] > 0.99)
    redness = pictures[:, 0] - torch.maximum(pictures[:, 1], pictures[:, 2])
    assert float((redness[solid] > 0.4).float().mean()) > 0.97


def test_empty_rooms_have_no_person(bank: Bank, walls: Rooms) -> None:
    _, alpha = compose(bank, walls, replace(PLAIN, empty=1.0))
    assert float(alpha.max()) == 0.0


def test_a_second_and_third_person_cover_more(bank: Bank, walls: Rooms) -> None:
    alone = float(compose(bank, walls)[1].mean())
    three = float(compose(bank, walls, replace(PLAIN, second=1.0, third=1.0))[1].mean())
    assert three > alone


def test_without_rooms_every_frame_is_a_portrait_reframed(bank: Bank) -> None:
    pictures, alpha = compose(bank, load_rooms(Data()))
    assert pictures.shape == (8, 3, 64, 96) and float(alpha.amax((1, 2, 3)).min()) > 0.5


def test_distractors_stand_behind_the_person_and_are_none(walls: Rooms) -> None:
    alpha = torch.zeros(16, 1, 64, 96)
    alpha[:, :, 20:, 30:60] = 1
    before = torch.full((16, 3, 64, 96), 0.5)
    after = distracted(before, alpha, walls, Draw(CPU, 2), 1.0)
    changed = (after != before).any(1, keepdim=True)
    assert not changed[alpha == 1].any() and float(before.min()) == float(before.max()) == 0.5
    shares = changed.float().mean((1, 2, 3))
    assert (shares > 0.01).sum() >= 14 and 0.05 < float(shares.mean()) < 0.7
    assert float(after.min()) >= 0 and float(after.max()) <= 1
    assert distracted(before, alpha, walls, Draw(CPU, 2), 0.0) is before
    some = distracted(before, alpha, walls, Draw(CPU, 2), 0.3)
    assert 1 <= (some != before).any(3).any(2).any(1).sum() <= 12


def test_who_has_no_head_is_cut_by_the_upper_edge(bank: Bank, walls: Rooms) -> None:
    """The figures' heads are in the upper 40 % of them."""
    _, alpha = compose(bank, walls, replace(PLAIN, headless=1.0))
    assert (alpha[:, 0, :2].amax((1, 2)) > 0.8).all(), "all touch the upper edge"
    assert (alpha[:, 0, -2:].amax((1, 2)) > 0.9).all(), "and the lower one, as their pictures cut them there"
    _, others = compose(bank, walls)
    assert (others[:, 0, :2].amax((1, 2)) > 0.9).sum() < 4


def test_an_alike_room_has_the_colour_of_some_place_of_the_person(bank: Bank, walls: Rooms) -> None:
    """The figures are red all over, and no wall is."""
    pictures, alpha = compose(bank, walls, replace(PLAIN, alike=1.0))
    before, same = compose(bank, walls)
    nobody = (alpha[:, 0] == 0) & (same[:, 0] == 0)
    red, was = (one[:, 0] - (one[:, 1] + one[:, 2]) / 2 for one in (pictures, before))
    assert float(red[nobody].mean()) > 0.4 and float(was[nobody].mean()) < 0.1
    assert float(pictures.min()) >= 0 and float(pictures.max()) <= 1


def test_a_room_is_alike_though_nobody_is_seen() -> None:
    canvas = torch.rand(2, 3, 16, 24, generator=torch.Generator().manual_seed(1))
    nobody = torch.zeros(2, 1, 16, 24)
    after = in_colour_of(torch.zeros_like(canvas), nobody, canvas, Draw(CPU, 1))
    assert torch.allclose(after.mean((2, 3)), canvas.mean((2, 3)), atol=0.02)


def test_distractors_stand_in_rooms_and_in_some_natural_frames(bank: Bank, walls: Rooms) -> None:
    for share, least in ((0.0, 8), (1.0, 1)):
        plain = replace(PLAIN, natural=share)
        before, mattes = Composer(bank, walls, plain, STILL)(24, SIZE, Draw(CPU, 4))
        after, same = Composer(bank, walls, replace(plain, distractors=1.0), STILL)(24, SIZE, Draw(CPU, 4))
        if share:  # in rooms the chance that follows moves on: other persons are drawn
            assert torch.equal(mattes, same)
            assert least <= (before != after).flatten(1).any(1).sum() <= 16
        else:
            assert (before != after).flatten(1).any(1).all() and float(same.amax((1, 2, 3)).min()) > 0.5


def test_what_is_held_belongs_to_the_person_and_what_lies_about_does_not() -> None:
    alpha = torch.zeros(4, 1, 64, 96)
    alpha[:, :, 30:, 30:60] = 1
    pictures = torch.full((4, 3, 64, 96), 0.5)
    after, grown = held(pictures, alpha, Draw(CPU, 2), 1.0)
    changed = (after != pictures).any(1, keepdim=True)
    assert float(grown.sum()) > float(alpha.sum())
    assert bool((grown[changed] > 0).all())
    beside = lying(pictures, alpha, Draw(CPU, 2), 1.0)
    changed = (beside != pictures).any(1, keepdim=True)
    assert bool(changed.any()) and float(alpha[changed].max()) < 1


def test_clean_edges_take_the_old_room_off_the_outline() -> None:
    matte = torch.zeros(1, 1, 40, 40)
    matte[..., 10:30, 10:30] = 1
    matte = torch.nn.functional.avg_pool2d(matte, 3, 1, 1)
    person = torch.zeros(1, 3, 40, 40)
    person[:, 0] = 1.0  # red
    person[:, 1] = (matte[:, 0] < 0.99).float()  # with a rim of the old green room
    cleaned = clean_edges(person, matte)
    on_rim = (matte[0, 0] > 0.2) & (matte[0, 0] < 0.9)
    assert float(cleaned[0, 1][on_rim].mean()) < 0.35 < float(person[0, 1][on_rim].mean())
    assert torch.allclose(cleaned[..., 18:22, 18:22], person[..., 18:22, 18:22], atol=1e-3)


def test_cosines_are_the_discrete_cosine_transform() -> None:
    assert np.allclose(_cosines(CPU).numpy(), fft.dct(np.eye(8), axis=0, norm="ortho"), atol=1e-6)


def test_jpeg_keeps_flat_pictures_and_costs_detail() -> None:
    flat = torch.full((2, 3, 16, 16), 0.5)
    assert torch.allclose(jpeg(flat, Draw(CPU, 1), 1.0), flat, atol=0.03)
    detail = torch.rand(2, 3, 16, 16, generator=torch.Generator().manual_seed(1))
    assert not torch.allclose(jpeg(detail, Draw(CPU, 1), 1.0), detail, atol=0.03)
    assert torch.equal(jpeg(detail, Draw(CPU, 1), 0.0), detail)


def test_noise_grows_with_its_strength() -> None:
    grey = torch.full((8, 3, 32, 32), 0.5)
    little, much = (float((noisy(grey, Draw(CPU, 3), strength) - grey).std()) for strength in (0.5, 2.0))
    assert 0 < little < much


@pytest.mark.parametrize(("times", "levels"), [(1.44, 1.5), (2, 1), (3, 1.5), (5, 1.5), (8, 1)])
def test_pictures_are_made_smaller_as_the_app_does(times: float, levels: float) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (288, 352, 3), dtype=np.uint8)
    picture = cv2.GaussianBlur(noise, (0, 0), 1.0)
    width, height = round(352 / times), round(288 / times)
    expected = shrink(picture, Size(width, height))
    bank = torch.from_numpy(picture.transpose(2, 0, 1)[None].copy())
    x, y = grid(Size(width, height), CPU)
    where = (x + 0.5) * 352 / width - 0.5, (y + 0.5) * 288 / height - 0.5
    index, shrunk = torch.tensor([0]), torch.tensor([352 / width])
    (found,) = sample(bank, index, *(at[None] for at in where), shrunk).numpy() * 255
    assert np.sqrt(np.square(found - expected.transpose(2, 0, 1)).mean()) < levels


def test_what_a_picture_cuts_off_has_no_dark_rim(tmp_path: Path) -> None:
    for part in ("images", "masks"):
        (tmp_path / part).mkdir()
        cv2.imwrite(str(tmp_path / part / "white-1.png"), np.full((96, 50, 3), 255, np.uint8))
    white = load_bank(read(str(tmp_path)), 96)[0]
    walls = Rooms(torch.full((1, 3, 288, 512), 255, dtype=torch.uint8), torch.ones(1))
    for recipe in (PLAIN, replace(PLAIN, reframed=1.0), replace(PLAIN, natural=1.0, whole=1.0)):
        pictures, alpha = Composer(white, walls, recipe, STILL)(8, Size(64, 32), Draw(CPU, 1))
        assert pictures.min() > 0.99
        assert recipe is PLAIN or alpha.min() > 0.99


def test_of_a_portrait_that_is_cut_at_its_shoulders_the_part_above_them_is_shown() -> None:
    portrait = np.zeros((100, 60), np.uint8)
    portrait[10:60, 20:40] = 255
    portrait[60:, :] = 255
    assert shown(portrait) == (20, 10, 40, 60, False, False, True)
    portrait[30:, :50] = 255  # now it is cut too far above
    assert shown(portrait) == (0, 10, 60, 100, True, True, True)
    portrait[:, 45:] = 0
    assert shown(portrait) == (0, 10, 45, 100, True, False, True)
    portrait[80:] = portrait[:, :20] = 0
    assert shown(portrait) == (20, 10, 45, 80, False, False, False)
    assert shown(np.full((4, 6), 127, np.uint8)) == (0, 0, 6, 4, False, False, False)


@pytest.mark.parametrize("sides", [(0, 1), (1, 0), (1, 1)])
def test_who_is_cut_at_a_side_by_his_picture_is_cut_there_by_the_frame(tmp_path: Path, sides: tuple[int, int]) -> None:
    """Or else he floats in the room with a straight edge, and the network looks for such edges."""
    for part in ("images", "masks"):
        (tmp_path / part).mkdir()
        cut = np.zeros((96, 50), np.uint8)
        cut[30:80, 0 if sides[0] else 10 : 50 if sides[1] else 40] = 255
        cv2.imwrite(str(tmp_path / part / "one-1.png"), cut)
    one = load_bank(read(str(tmp_path)), 96)[0]
    walls = Rooms(torch.zeros((1, 3, 288, 512), dtype=torch.uint8), torch.ones(1))
    _, alpha = Composer(one, walls, PLAIN, STILL)(16, Size(64, 32), Draw(CPU, 1))
    left, right = (alpha[..., column].amax((1, 2)) > 0.9 for column in (0, -1))
    assert bool((left & right).all() if all(sides) else (left | right).all())
    seen = alpha[:, 0].amax(1) > 0.5
    assert all(sides) or float(seen.float().mean()) < 0.9, "and he does not fill it"


def test_mirrored_positions_stay_inside() -> None:
    position = torch.tensor([[-2.0, 0.0, 3.5, 5.0, 9.0]])
    assert mirrored(position, torch.tensor([[5.0]])).tolist() == [[2.0, 0.0, 3.5, 3.0, 1.0]]


def test_pictures_are_drawn_by_their_sources_weight(tmp_path: Path) -> None:
    for name, value in (("often-1", 255), ("never-1", 128)):
        for part in ("images", "masks"):
            (tmp_path / part).mkdir(exist_ok=True)
            cv2.imwrite(str(tmp_path / part / f"{name}.png"), np.full((40, 40), value, np.uint8))
    bank, skipped = load_bank(read(str(tmp_path)), 64, {"never": 0.0})
    assert skipped == [] and set(Draw(CPU, 1).weighted(50, bank.weights).tolist()) == {1}
    rooms = load_rooms(Data(rooms=[str(tmp_path)], weights={"never": 0.0}))
    assert set(Draw(CPU, 1).weighted(50, rooms.weights).tolist()) == {1}
    nothing = {"never": 0.0, "often": 0.0}
    with pytest.raises(UsageError, match="nothing to draw"):
        load_bank(read(str(tmp_path)), 64, nothing)
    with pytest.raises(UsageError, match="nothing to draw"):
        load_rooms(Data(rooms=[str(tmp_path)], weights=nothing))


def test_the_sheet_shows_every_part(bank: Bank, walls: Rooms) -> None:
    sheet = parts_sheet(bank, walls, stages(TrainConfig()), Camera(), columns=3)
    assert sheet.shape[0] > 22 * 200 and sheet.dtype == np.uint8
    one, two = (
        parts_sheet(bank, walls, stages(TrainConfig()), Camera(), further=further, columns=3)
        for further in ({"crops": bank}, {"crops": bank, "nobody": bank})
    )
    assert two.shape[0] - one.shape[0] == one.shape[0] - sheet.shape[0] > 0, "each kind of pictures has a row"
