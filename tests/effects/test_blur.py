from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from live_seg.config import build
from live_seg.effects.blur import Blur, blurred_room
from live_seg.frame import Alpha, Halved, Image, Size
from live_seg.shrink import halved
from live_seg.sources.synthetic import composed

HD = Size(1280, 720)
RED = (0, 0, 255)


def person(size: Size) -> Alpha:
    """An ellipse with a soft edge."""
    alpha = np.zeros((size.height, size.width), np.uint8)
    centre, axes = (size.width // 2, size.height // 2), (size.height // 5, size.height // 3)
    cv2.ellipse(alpha, centre, axes, 0, 0, 360, 255, cv2.FILLED, cv2.LINE_AA)
    return cv2.GaussianBlur(alpha, (5, 5), 0)


def red_on_grey(alpha: Alpha) -> Image:
    """A red person in a grey room."""
    grey = np.full((*alpha.shape, 3), 128, np.uint8)
    return composed(np.full_like(grey, RED), grey, alpha)


def pattern(size: Size) -> Image:
    """Stripes of black and white, eight pixels wide at 720 lines."""
    width = max(1, round(8 * min(size) / 720))
    line = np.where(np.arange(size.width) // width % 2, 255, 0).astype(np.uint8)
    return np.repeat(np.repeat(line[None], size.height, 0)[..., None], 3, 2)


def spread_of_an_edge(size: Size, radius_px: float) -> float:
    """Standard deviation of the blur, in pixels, measured on an edge between black and white."""
    image = np.zeros((size.height, size.width, 3), np.uint8)
    image[:, size.width // 2 :] = 255
    row = blurred_room(image, np.zeros(image.shape[:2], np.uint8), radius_px)[size.height // 2, :, 0].astype(float)
    weights = np.diff(row).clip(0)
    places = np.arange(weights.size)
    mean = (weights * places).sum() / weights.sum()
    return float(np.sqrt((weights * (places - mean) ** 2).sum() / weights.sum()))


@pytest.mark.parametrize("size", [HD, Size(1920, 1080), Size(720, 1280), Size(641, 359), Size(160, 120)], ids=str)
@pytest.mark.parametrize("radius_px", [1, 5, 16, 60])
def test_the_persons_colour_does_not_bleed_into_the_room(size: Size, radius_px: float) -> None:
    alpha = person(size)
    seen = Blur(build({"blur": {"radius_px": radius_px}}))(red_on_grey(alpha), alpha)[alpha == 0].astype(int)
    assert np.abs(seen - 128).max() <= 5


def test_a_plain_blur_would_bleed() -> None:
    alpha = person(HD)
    assert cv2.GaussianBlur(red_on_grey(alpha), (0, 0), 16)[alpha == 0][:, 2].max() > 160


@pytest.mark.parametrize("size", [HD, Size(641, 359), Size(64, 48)], ids=str)
def test_the_room_is_blurred_and_the_person_is_not(size: Size) -> None:
    image, alpha = pattern(size), person(size)
    result = Blur(build({}))(image, alpha)
    assert result[alpha == 0].astype(int).std() < 0.15 * image[alpha == 0].astype(int).std()
    assert np.array_equal(result[alpha == 255], image[alpha == 255])


def straightforward(image: Image, alpha: Alpha, sigma: float) -> NDArray[np.float32]:
    """The room blurred without the person, at full size and in floats."""
    weight = (255 - alpha).astype(np.float32) / 255 + 1e-4
    kernel = Size(*[2 * round(3 * sigma) + 1] * 2)
    total = cv2.GaussianBlur(weight, kernel, sigma)[..., None]
    return np.asarray(cv2.GaussianBlur(image * weight[..., None], kernel, sigma) / total, np.float32)


@pytest.mark.parametrize("size", [HD, Size(641, 359), Size(480, 640)], ids=str)
@pytest.mark.parametrize("radius_px", [2, 4, 7.9, 8, 16, 24, 40])
def test_it_is_the_straightforward_blur_within_a_few_levels(size: Size, radius_px: float) -> None:
    random = np.random.default_rng(4)
    image = np.asarray(cv2.GaussianBlur(random.integers(0, 256, (*size[::-1], 3), np.uint8), (0, 0), 3), np.uint8)
    image = np.asarray(cv2.normalize(image, None, 0, 255, cv2.NORM_MINMAX), np.uint8)
    alpha, sigma = person(size), max(1, radius_px * min(size) / 720)
    edge = round(3 * sigma) + 8  # there it depends on what is thought to lie outside the picture
    seen = np.zeros(alpha.shape, bool)
    seen[edge:-edge, edge:-edge] = alpha[edge:-edge, edge:-edge] == 0
    difference = np.abs(blurred_room(image, alpha, radius_px) - straightforward(image, alpha, sigma))[seen]
    assert difference.mean() <= 1
    assert np.percentile(difference, 99) <= 4


@pytest.mark.parametrize("radius_px", [4, 10, 16, 40])
def test_the_radius_is_the_standard_deviation_at_720_lines(radius_px: float) -> None:
    assert spread_of_an_edge(HD, radius_px) == pytest.approx(radius_px, rel=0.12, abs=0.3)


@pytest.mark.parametrize("size", [Size(640, 360), Size(1920, 1080), Size(1080, 1920)], ids=str)
def test_the_radius_grows_with_the_picture(size: Size) -> None:
    assert spread_of_an_edge(size, 16) == pytest.approx(16 * min(size) / 720, rel=0.12)


@given(
    st.integers(1, 70), st.integers(1, 70), st.sampled_from([1.0, 16.0, 200.0]), st.sampled_from([0, 1, 128, 254, 255])
)
@settings(max_examples=40)
def test_an_even_picture_of_any_size_stays_as_it_is(width: int, height: int, radius_px: float, level: int) -> None:
    image = np.full((height, width, 3), 77, np.uint8)
    alpha = np.full((height, width), level, np.uint8)
    assert np.abs(blurred_room(image, alpha, radius_px).astype(int) - 77).max() <= 1


def test_a_weak_blur_of_a_small_picture_leaves_no_detail_of_the_room() -> None:
    image = np.zeros((48, 64, 3), np.uint8)
    image[:, ::2] = 200
    room = blurred_room(image, np.zeros((48, 64), np.uint8), radius_px=1)
    assert np.abs(np.diff(room.astype(int), axis=1)).max() < 20


def test_its_inputs_stay_as_they_were() -> None:
    image, alpha = pattern(Size(64, 48)), person(Size(64, 48))
    before = image.copy(), alpha.copy()
    Blur(build({}))(image, alpha)
    assert np.array_equal(image, before[0])
    assert np.array_equal(alpha, before[1])


@given(st.integers(2, 400), st.integers(2, 400), st.sampled_from([1, 5, 16, 60]), st.integers(1, 5))
def test_what_was_halved_before_changes_no_bit(width: int, height: int, radius_px: float, halvings: int) -> None:
    image = np.random.default_rng(width * 401 + height).integers(0, 256, (height, width, 3), np.uint8)
    alpha = person(Size(width, height))
    effect = Blur(build({"blur": {"radius_px": radius_px}}))
    alone = effect(image, alpha)
    small = halved(image, Size(max(1, width >> halvings), max(1, height >> halvings)))
    effect.see(Halved(image, small))
    assert np.array_equal(effect(image, alpha), alone)


def test_what_was_halved_of_another_frame_is_not_used() -> None:
    image, other = pattern(HD), np.zeros((HD.height, HD.width, 3), np.uint8)
    effect, alpha = Blur(build({})), person(HD)
    alone = effect(image, alpha)
    effect.see(Halved(other, halved(other, Size(640, 360))))
    assert np.array_equal(effect(image, alpha), alone)
    effect.see(Halved(image, halved(other, Size(640, 360))))
    effect(image, alpha)
    assert np.array_equal(effect(image, alpha), alone), "it counts for one picture only"
