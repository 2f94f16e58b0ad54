from __future__ import annotations

import itertools

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from live_seg.frame import Image
from live_seg.matting.steady import SmallAlpha, Steady

HEIGHT, WIDTH = 64, 96


def bar(left: float, width: float = 20) -> SmallAlpha:
    """A matte of an upright bar with soft sides."""
    columns = np.arange(WIDTH, dtype=np.float32)
    inside = np.minimum(columns - left, left + width - columns)
    return np.repeat(np.clip(inside / 3 + 0.5, 0, 1)[None].astype(np.float32), HEIGHT, axis=0)


def seen(alpha: SmallAlpha, random: np.random.Generator, noise: float = 3.0) -> Image:
    """A webcam's picture of a light bar in a dark room."""
    grey = 60 + 120 * alpha[..., None].repeat(3, axis=2)
    return (grey + random.normal(0, noise, grey.shape)).clip(0, 255).astype(np.uint8)


def guessed(truth: SmallAlpha, random: np.random.Generator, noise: float = 0.6) -> SmallAlpha:
    """What a network makes of it: sure far from the edge, wavering at it."""
    logits = 10 * (truth - 0.5) + random.normal(0, noise, truth.shape)
    return (1 / (1 + np.exp(-logits))).astype(np.float32)


def flicker(mattes: list[SmallAlpha]) -> float:
    """Mean change from frame to frame."""
    return float(np.mean([np.abs(b - a).mean() for a, b in itertools.pairwise(mattes)]))


def still(strength: float) -> tuple[list[SmallAlpha], SmallAlpha]:
    random, truth, steady = np.random.default_rng(1), bar(40), Steady(strength)
    mattes = []
    for _ in range(40):
        mattes.append(steady(guessed(truth, random), seen(truth, random)))
    return mattes, truth


def test_a_still_scene_flickers_less_the_stronger_it_is_and_is_nearer_the_truth() -> None:
    plain, truth = still(0)
    half, full = still(0.5)[0], still(1)[0]
    assert flicker(half) < 0.7 * flicker(plain)
    assert flicker(full) < 0.35 * flicker(plain)
    errors = [np.abs(mattes[-1] - truth).mean() for mattes in (plain, half, full)]
    assert errors == sorted(errors, reverse=True)


def errors_of_a_moving_bar(speed_px: float, strength: float) -> tuple[float, float, float]:
    """Mean distance from the truth: plain, steady, and averaged over time without a look at what moves."""
    random, steady, found = np.random.default_rng(2), Steady(strength), []
    averaged: SmallAlpha | None = None
    for number in range(int((WIDTH - 30) / max(speed_px, 1))):
        shape = bar(5 + speed_px * number)
        truth = guessed(shape, random, noise=0)
        alpha = guessed(shape, random)
        averaged = alpha if averaged is None else averaged + (alpha - averaged) * np.float32(1 - 0.9 * strength)
        result = steady(alpha, seen(shape, random))
        found.append([float(np.abs(matte - truth).mean()) for matte in (alpha, result, averaged)])
    plain, steadied, smeared = np.mean(found, axis=0)
    return plain, steadied, smeared


@pytest.mark.parametrize("speed_px", [0.5, 1, 2, 4, 8])
@pytest.mark.parametrize("strength", [0.5, 1.0])
def test_a_moving_hand_is_not_smeared(speed_px: float, strength: float) -> None:
    plain, steadied, smeared = errors_of_a_moving_bar(speed_px, strength)
    assert steadied <= 1.02 * plain
    assert smeared > 1.5 * plain  # so the scene can tell


def test_what_appears_at_once_is_there_at_once() -> None:
    random, steady = np.random.default_rng(3), Steady(1)
    nothing = np.zeros((HEIGHT, WIDTH), np.float32)
    for _ in range(5):
        steady(nothing, seen(nothing, random))
    appeared = bar(40)
    assert np.abs(steady(appeared, seen(appeared, random)) - appeared).max() < 0.25


def test_a_cut_to_another_scene_forgets_the_past() -> None:
    steady, alpha = Steady(1), np.full((HEIGHT, WIDTH), 0.5, np.float32)
    steady(alpha, np.full((HEIGHT, WIDTH, 3), 20, np.uint8))
    other = alpha + np.float32(0.1)
    image = np.full((HEIGHT, WIDTH, 3), 200, np.uint8)
    assert np.array_equal(steady(other, image), other)
    assert not np.array_equal(steady(alpha, image), alpha)  # the new scene is steadied as the old one was


def test_reset_forgets_the_past() -> None:
    steady, image = Steady(1), np.full((HEIGHT, WIDTH, 3), 20, np.uint8)
    alpha = np.full((HEIGHT, WIDTH), 0.5, np.float32)
    steady(alpha, image)
    assert not np.array_equal(steady(alpha + np.float32(0.1), image), alpha + np.float32(0.1))
    steady.reset()
    assert np.array_equal(steady(alpha, image), alpha)


def test_another_size_forgets_the_past() -> None:
    steady = Steady(1)
    steady(np.zeros((32, 64), np.float32), np.zeros((32, 64, 3), np.uint8))
    turned = np.ones((64, 32), np.float32)
    assert np.array_equal(steady(turned, np.zeros((64, 32, 3), np.uint8)), turned)


@given(st.floats(0, 1), st.integers(0, 2**32))
def test_it_never_leaves_the_range_nor_changes_its_inputs(strength: float, seed: int) -> None:
    random, steady = np.random.default_rng(seed), Steady(strength)
    for _ in range(4):
        alpha = random.random((9, 7), np.float32)
        image = random.integers(0, 256, (9, 7, 3), np.uint8)
        before = alpha.copy()
        result = steady(alpha, image)
        assert result.dtype == np.float32
        assert result.min() >= 0
        assert result.max() <= 1 + 1e-6
        assert np.array_equal(alpha, before)


def test_strength_0_changes_nothing() -> None:
    steady, random = Steady(0), np.random.default_rng(0)
    for _ in range(3):
        alpha = random.random((9, 7), np.float32)
        assert np.array_equal(steady(alpha, np.zeros((9, 7, 3), np.uint8)), alpha)


@given(st.integers(0, 2**32), st.floats(0, 1))
def test_it_is_its_formula_bit_by_bit(seed: int, strength: float) -> None:
    random = np.random.default_rng(seed)
    before, now = random.random((2, HEIGHT, WIDTH), np.float32)
    first, second = random.integers(100, 120, (2, HEIGHT, WIDTH, 3), np.uint8)
    steady = Steady(strength)
    steady(before, first)
    greys = (cv2.cvtColor(image, cv2.COLOR_BGR2GRAY) for image in (first, second))
    moved = cv2.blur(cv2.absdiff(*greys), (5, 5)).astype(np.float32)
    motion = np.maximum(np.abs(now - before) / np.float32(0.25), moved / np.float32(12))
    keep = np.float32(0.9 * strength) * np.maximum(np.float32(0), 1 - motion * motion)
    assert np.array_equal(steady(now.copy(), second), now - keep * (now - before))
