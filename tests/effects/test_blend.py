from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps

from live_seg.effects.blend import blend, lay_over, ready
from live_seg.frame import Alpha, Image

Layers = tuple[Image, Alpha, Image]


def reference(image: Image, alpha: Alpha, background: Image) -> np.ndarray:
    """The straightforward version."""
    weight = alpha[..., None].astype(np.float64) / 255
    return image * weight + background * (1 - weight)


@st.composite
def layers(draw: st.DrawFn) -> Layers:
    """An image, its alpha and a background of one size, up to more rows than a strip has."""
    height, width = draw(st.integers(1, 140)), draw(st.integers(1, 9))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    image, background = random.integers(0, 256, (2, height, width, 3), np.uint8)
    alpha = draw(nps.arrays(np.uint8, (height, width), elements=st.sampled_from([0, 1, 127, 128, 200, 254, 255])))
    return image, alpha, background


@given(layers())
def test_it_is_off_by_one_level_at_most(made: Layers) -> None:
    assert np.abs(blend(*made) - reference(*made)).max() <= 1


@given(layers())
def test_it_is_exact_where_alpha_is_sure(made: Layers) -> None:
    image, alpha, background = made
    result = blend(image, alpha, background)
    assert np.array_equal(result[alpha == 255], image[alpha == 255])
    assert np.array_equal(result[alpha == 0], background[alpha == 0])


@st.composite
def people(draw: st.DrawFn) -> Layers:
    """Layers with a person so wide that his middle is copied, with or without holes and a second one beside him."""
    height, width = draw(st.integers(1, 140)), draw(st.integers(60, 300))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    image, background = random.integers(0, 256, (2, height, width, 3), np.uint8)
    alpha = np.zeros((height, width), np.uint8)
    for _ in range(draw(st.integers(1, 3))):
        begin, end = sorted(draw(st.tuples(st.integers(0, width), st.integers(0, width))))
        top = draw(st.integers(0, height - 1))
        alpha[top:, begin:end] = draw(st.sampled_from([0, 100, 254, 255, 255, 255]))
    return image, alpha, background


def mixed_everywhere(image: Image, alpha: Alpha, background: Image) -> Image:
    """The same products, of every pixel."""
    weight = cv2.merge([alpha] * 3)
    front = cv2.multiply(image, weight, scale=1 / 255)
    return np.asarray(cv2.add(front, cv2.multiply(background, 255 - weight, scale=1 / 255)), np.uint8)


@given(people())
def test_what_is_copied_or_left_is_what_mixing_gives(made: Layers) -> None:
    assert np.array_equal(blend(*made), mixed_everywhere(*made))


def test_the_room_between_two_people_who_stand_apart_is_not_copied() -> None:
    image, background = np.full((70, 300, 3), 200, np.uint8), np.full((70, 300, 3), 10, np.uint8)
    alpha = np.zeros((70, 300), np.uint8)
    alpha[:, 20:120] = alpha[:, 160:280] = 255
    assert np.array_equal(blend(image, alpha, background), np.where(alpha[..., None] == 255, image, background))


@pytest.mark.parametrize("level", [1, 5, 20])
def test_somebody_who_is_faint_all_over_is_there(level: int) -> None:
    image, background = np.full((70, 100, 3), 255, np.uint8), np.zeros((70, 100, 3), np.uint8)
    alpha = np.full((70, 100), level, np.uint8)
    assert np.array_equal(blend(image, alpha, background), np.full_like(image, level))


@given(layers())
def test_its_inputs_stay_as_they_were(made: Layers) -> None:
    before = [array.copy() for array in made]
    blend(*made)
    assert all(np.array_equal(array, copy) for array, copy in zip(made, before, strict=True))


@given(layers())
def test_views_with_strides_give_what_copies_give(made: Layers) -> None:
    image, alpha, background = (array[::-1, ::-1] for array in made)
    copies = [np.ascontiguousarray(array) for array in (image, alpha, background)]
    assert np.array_equal(blend(image, alpha, background), blend(*copies))


@given(layers())
def test_laying_onto_the_background_itself_is_the_same(made: Layers) -> None:
    image, alpha, background = made
    canvas = background.copy()
    lay_over(image, alpha, canvas)
    assert np.array_equal(canvas, blend(image, alpha, background))


def test_every_level_over_itself_stays_at_every_alpha() -> None:
    image = np.repeat(np.arange(256, dtype=np.uint8)[:, None, None], 256, axis=1).repeat(3, axis=2)
    alpha = np.repeat(np.arange(256, dtype=np.uint8)[None], 256, axis=0)
    assert np.abs(blend(image, alpha, image).astype(int) - image).max() <= 1


def test_it_writes_into_the_array_that_it_is_given() -> None:
    image, background = np.full((70, 5, 3), 200, np.uint8), np.full((70, 5, 3), 10, np.uint8)
    alpha = np.full((70, 5), 255, np.uint8)
    out = np.zeros((70, 5, 3), np.uint8)
    assert blend(image, alpha, background, out) is out
    assert np.array_equal(out, image)


def test_it_writes_into_a_part_of_a_larger_picture() -> None:
    canvas = np.zeros((80, 20, 3), np.uint8)
    image = np.full((70, 5, 3), 200, np.uint8)
    blend(image, np.full((70, 5), 255, np.uint8), image, canvas[5:75, 3:8])
    assert np.array_equal(canvas[5:75, 3:8], image)
    assert canvas.sum() == image.sum(dtype=int)


@pytest.mark.parametrize("out", [None, np.empty((3, 4, 3), np.uint8)])
def test_what_does_not_fit_is_made_anew(out: np.ndarray | None) -> None:
    made = ready(out, (4, 3, 3))
    assert made.shape == (4, 3, 3)
    assert made.dtype == np.uint8
    assert made is not out
