from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from live_seg.frame import Alpha, Image, Size
from live_seg.matting.preprocess import Views
from live_seg.matting.refine import Guided, Refine, bilinear
from live_seg.matting.steady import SmallAlpha

REFINES = [bilinear, Guided(1), Guided(3), Guided(16)]
SMALL, FULL = Size(96, 64), Size(960, 640)


def refined(refine: Refine, alpha: SmallAlpha, image: Image) -> Alpha:
    """As `Matter` does it."""
    size = Size.of(image)
    views = Views(image, Size.of(alpha))
    return refine(alpha, views.small, views.guide(), size)


def truth(edge: float = 0.5) -> Alpha:
    alpha = np.zeros((FULL.height, FULL.width), np.uint8)
    alpha[:, : round(edge * FULL.width)] = 255
    return alpha


def step(edge: float = 0.5, contrast: int = 120) -> Image:
    """A picture with one edge."""
    image = np.full((FULL.height, FULL.width, 3), 60, np.uint8)
    image[:, : round(edge * FULL.width)] += np.uint8(contrast)
    return image


def small_matte(edge: float, softness_px: float) -> SmallAlpha:
    """A matte with its edge somewhere, blurred."""
    alpha = cv2.resize(truth(edge), SMALL, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    return cv2.GaussianBlur(alpha, (0, 0), softness_px)


@pytest.mark.parametrize("refine", REFINES)
@given(
    st.integers(1, 150),
    st.integers(1, 150),
    st.sampled_from([Size(32, 32), Size(64, 32), Size(32, 96), Size(1, 1), Size(5, 3)]),
    st.integers(0, 2**32),
)
@settings(max_examples=25)
def test_any_picture_and_matte_of_any_size_give_a_matte_of_the_frames_size(
    refine: Refine, width: int, height: int, small: Size, seed: int
) -> None:
    random = np.random.default_rng(seed)
    image = random.integers(0, 256, (height, width, 3), np.uint8)
    alpha = random.random((small.height, small.width), np.float32)
    result = refined(refine, alpha, image)
    assert result.dtype == np.uint8
    assert result.shape == (height, width)


@pytest.mark.parametrize("refine", REFINES)
@pytest.mark.parametrize("level", [0.0, 1.0])
def test_a_sure_matte_stays_sure_whatever_the_picture(refine: Refine, level: float) -> None:
    image = np.random.default_rng(1).integers(0, 256, (90, 160, 3), np.uint8)
    assert (refined(refine, np.full((32, 64), level, np.float32), image) == round(255 * level)).all()


@pytest.mark.parametrize("radius_px", [1, 3, 8])
def test_far_from_the_mattes_edge_it_is_the_plain_enlargement(radius_px: int) -> None:
    image = np.random.default_rng(1).integers(0, 256, (FULL.height, FULL.width, 3), np.uint8)
    alpha = small_matte(0.5, 1.0)
    guided, plain = refined(Guided(radius_px), alpha, image), refined(bilinear, alpha, image)
    reach = 10 * (4 + radius_px + 2)  # the band, the window, the enlargement; ten pixels of the frame each
    middle = FULL.width // 2
    assert np.array_equal(guided[:, : middle - reach], plain[:, : middle - reach])
    assert np.array_equal(guided[:, middle + reach :], plain[:, middle + reach :])


def straightforward(radius_px: int, alpha: SmallAlpha, image: Image) -> Alpha:
    """The guided enlargement as its formula stands, in floats from one end to the other."""

    def mean(plane: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(cv2.blur(plane, (2 * radius_px + 1,) * 2), np.float32)

    views = Views(image, Size.of(alpha))
    small, middle = views.small, views.guide()
    plain = np.round(alpha * 255).astype(np.uint8)
    unsure = ((plain >= 8) & (plain <= 247)).astype(np.uint8)
    unsure = np.asarray(cv2.dilate(unsure, np.ones((2 * radius_px + 1,) * 2)), np.uint8)
    guide = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY).astype(np.float32) / 255
    slope = (mean(guide * alpha) - mean(guide) * mean(alpha)) / (mean(guide * guide) - mean(guide) ** 2 + 1e-3)
    offset = mean(mean(alpha) - slope * mean(guide))
    size = Size.of(middle)
    fitted = cv2.resize(mean(slope), size) * (middle / np.float32(255)) + cv2.resize(offset, size)
    drawn = np.clip((fitted - 0.5) * 255 * 1.5 + 128, 0, 255).astype(np.uint8)
    result = np.where(cv2.resize(255 * unsure, size) > 0, drawn, cv2.resize(plain, size))
    return np.asarray(cv2.resize(result, Size.of(image)), np.uint8)


@pytest.mark.parametrize("radius_px", [1, 3, 8])
@given(st.integers(0, 2**32), st.floats(0.5, 4))
@settings(max_examples=10, deadline=None)
def test_it_is_within_one_level_of_the_straightforward_one(radius_px: int, seed: int, softness_px: float) -> None:
    random = np.random.default_rng(seed)
    image = random.integers(0, 256, (FULL.height, FULL.width, 3), np.uint8)
    image = np.asarray(cv2.GaussianBlur(image, (0, 0), softness_px), np.uint8)
    alpha = small_matte(float(random.uniform(0.1, 0.9)), softness_px)
    difference = refined(Guided(radius_px), alpha, image).astype(int) - straightforward(radius_px, alpha, image)
    assert np.abs(difference).max() <= 1


@given(
    st.integers(0, 2**32),
    st.sampled_from([1, 3]),
    st.lists(st.tuples(st.integers(0, 95), st.integers(0, 63), st.integers(1, 30)), min_size=1, max_size=3),
    st.sampled_from([FULL, Size(192, 128), Size(150, 100)]),
)
@settings(max_examples=40, deadline=None)
def test_spots_anywhere_are_within_one_level_of_the_straightforward_one(
    seed: int, radius_px: int, spots: list[tuple[int, int, int]], full: Size
) -> None:
    """The fit is made round them only: nothing beyond may count, up to the picture's edges."""
    image = np.random.default_rng(seed).integers(0, 256, (full.height, full.width, 3), np.uint8)
    alpha = np.zeros((SMALL.height, SMALL.width), np.float32)
    for x, y, radius in spots:
        cv2.circle(alpha, (x, y), radius, 1.0, -1)
    alpha = np.asarray(cv2.GaussianBlur(alpha, (0, 0), 1), np.float32)
    difference = refined(Guided(radius_px), alpha, image).astype(int) - straightforward(radius_px, alpha, image)
    assert np.abs(difference).max() <= 1


@pytest.mark.parametrize("offset_px", [-1.0, 0.0, 1.0])
def test_a_blurred_edge_moves_onto_the_pictures_edge(offset_px: float) -> None:
    alpha = small_matte(0.5 + offset_px / SMALL.width, 1.5)
    errors = {
        name: np.abs(refined(refine, alpha, step()).astype(int) - truth()).mean()
        for name, refine in (("plain", bilinear), ("guided", Guided(3)))
    }
    assert errors["guided"] < 0.55 * errors["plain"]


def test_a_dark_person_before_light_is_drawn_as_well() -> None:
    alpha, image = small_matte(0.5, 1.5), 255 - step()
    plain, guided = (np.abs(refined(r, alpha, image).astype(int) - truth()).mean() for r in (bilinear, Guided(3)))
    assert guided < 0.55 * plain


def test_without_an_edge_in_the_picture_the_mattes_edge_stays_where_it_is() -> None:
    alpha = small_matte(0.4, 1.5)
    result = refined(Guided(3), alpha, step(contrast=0))
    places = np.argmax(result < 128, axis=1) / FULL.width
    assert np.abs(places - 0.4).max() < 1 / SMALL.width


def test_noise_of_a_webcam_does_not_tear_the_edge() -> None:
    noise = np.random.default_rng(3).normal(0, 4, (FULL.height, FULL.width, 3))
    image = (step(contrast=0) + noise).clip(0, 255).astype(np.uint8)
    result = refined(Guided(3), small_matte(0.4, 1.5), image)
    places = np.argmax(result < 128, axis=1) / FULL.width
    assert np.abs(places - 0.4).max() < 2 / SMALL.width
