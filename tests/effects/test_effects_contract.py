"""What every effect of the registry promises."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

from live_seg.config import build
from live_seg.effects import Effect, effects, open_effect
from live_seg.errors import UsageError
from live_seg.frame import Alpha, Image, Size

SIZES = [Size(1, 1), Size(3, 2), Size(63, 41), Size(320, 180), Size(90, 160)]


@pytest.fixture(params=effects.names())
def effect(request: pytest.FixtureRequest) -> Effect:
    return open_effect(build({"effect": {"name": request.param}}))


def scene(size: Size) -> tuple[Image, Alpha]:
    """A chequered room, whose columns differ by 200 levels, and a person who takes up its left half."""
    image = np.zeros((size.height, size.width, 3), np.uint8)
    image[:, ::2] = 200
    alpha = np.zeros(image.shape[:2], np.uint8)
    alpha[:, : size.width // 2] = 255
    for array in (image, alpha):
        array.flags.writeable = False
    return image, alpha


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_the_picture_has_the_frames_size_in_bgr_or_bgra(effect: Effect, size: Size) -> None:
    image, alpha = scene(size)
    effect.warm(size)
    picture = effect(image, alpha)
    assert picture.dtype == np.uint8
    assert picture.shape == (size.height, size.width, 4 if effect.makes_alpha else 3)


def test_the_size_may_change_from_frame_to_frame(effect: Effect) -> None:
    effect.warm(SIZES[0])
    for size in (*SIZES, *reversed(SIZES)):
        assert Size.of(effect(*scene(size))) == size


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_it_never_gives_the_frame_back(effect: Effect, size: Size) -> None:
    image, alpha = scene(size)
    for all_one in (np.zeros_like(alpha), np.full_like(alpha, 255)):
        assert not np.may_share_memory(effect(image, all_one), image)


def test_the_person_is_untouched(effect: Effect) -> None:
    image, alpha = scene(Size(320, 180))
    picture = effect(image, alpha)[..., :3]
    assert np.array_equal(picture[alpha == 255], image[alpha == 255])


def test_the_rooms_detail_is_gone(effect: Effect) -> None:
    image, alpha = scene(Size(320, 180))
    room = effect(image, alpha)[:, 170:, :3].astype(int)
    assert np.abs(np.diff(room, axis=1)).max() < 20


def test_it_writes_into_an_array_that_fits(effect: Effect) -> None:
    image, alpha = scene(Size(64, 48))
    wanted = effect(image, alpha)
    out = np.full_like(wanted, 99)
    assert effect(image, alpha, out) is out
    assert np.array_equal(out, wanted)


def test_an_array_that_does_not_fit_is_left_alone(effect: Effect) -> None:
    image, alpha = scene(Size(64, 48))
    out = np.full((3, 3, 3), 99, np.uint8)
    assert Size.of(effect(image, alpha, out)) == Size(64, 48)
    assert (out == 99).all()


def test_it_is_a_function_of_its_arguments(effect: Effect) -> None:
    image, alpha = scene(Size(64, 48))
    first = effect(image, alpha).copy()
    effect(image[::-1], 255 - alpha)
    assert np.array_equal(effect(image, alpha), first)


@pytest.mark.parametrize("name", effects.names())
def test_its_docstring_can_stand_in_the_docs(name: str) -> None:
    first = (inspect.getdoc(effects.get(name)) or "").splitlines()[0]
    assert first.endswith(".")
    assert len(first) > 20


def test_a_mistyped_name_gets_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"no effect is called 'blurr'\. Did you mean blur\?"):
        open_effect(build({"effect": {"name": "blurr"}}))
