"""Stray patches are made fainter, and nothing else is."""

from __future__ import annotations

import time

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from live_seg.matting.patches import without_stray

PERSON = np.s_[10:60, 20:60]
STRAY = np.s_[20:30, 80:95]


def matte(person: float = 1.0, stray: float = 0.7) -> np.ndarray:
    alpha = np.zeros((64, 112), np.float32)
    alpha[PERSON], alpha[STRAY] = person, stray
    return alpha


def test_an_unsure_patch_goes_and_the_person_stays() -> None:
    alpha = matte()
    before = alpha.copy()
    cleaned = without_stray(alpha, 0.97)
    assert (cleaned[PERSON] == 1).all() and not cleaned[STRAY].any()
    assert np.array_equal(alpha, before)


def test_a_gain_of_the_logits_changes_nothing() -> None:
    logits = np.full((64, 112), -8.0, np.float32)
    logits[PERSON], logits[STRAY] = 3.0, 1.8
    plain, sharper = (1 / (1 + np.exp(-gain * logits)) for gain in (1, 3))
    shares = [
        float(without_stray(alpha, 0.95, gain)[25, 85] / alpha[25, 85])
        for alpha, gain in ((plain, 1.0), (sharper, 3.0))
    ]
    assert shares[0] == pytest.approx(shares[1], abs=1e-3) and 0.1 < shares[0] < 0.9


@pytest.mark.parametrize(("height", "width"), [(65, 113), (65, 112), (64, 113)])
def test_a_matte_may_have_odd_sides(height: int, width: int) -> None:
    """Other networks' are 257x257."""
    alpha = np.zeros((height, width), np.float32)
    alpha[PERSON], alpha[-9:, -9:] = 1.0, 0.7
    cleaned = without_stray(alpha, 0.97)
    assert cleaned.shape == alpha.shape and (cleaned[PERSON] == 1).all() and not cleaned[-9:, -9:].any()


def test_a_second_person_stays() -> None:
    alpha = matte(stray=0.98)
    assert without_stray(alpha, 0.97) is alpha


def test_where_it_is_unsure_of_everything_all_stays() -> None:
    alpha = matte(person=0.6, stray=0.59)
    assert without_stray(alpha, 0.97) is alpha


def test_zero_keeps_all_and_one_patch_is_never_looked_at() -> None:
    alpha = matte()
    assert without_stray(alpha, 0.0) is alpha
    alone = matte(stray=0.0)
    assert without_stray(alone, 1.0) is alone


def test_what_hangs_together_with_the_person_stays() -> None:
    alpha = matte()
    alpha[24, 60:80] = 0.25
    assert without_stray(alpha, 0.97) is alpha


def test_what_hangs_together_by_corners_only_stays_too() -> None:
    alpha = matte()
    for step in range(0, 28, 2):
        alpha[56 - step : 58 - step, 60 + step : 62 + step] = 0.3
    assert without_stray(alpha, 0.97) is alpha


def test_the_faint_rim_goes_with_its_patch_and_not_with_the_persons() -> None:
    alpha = np.zeros((64, 112), np.float32)
    alpha[9:61, 19:61] = alpha[19:31, 79:96] = 0.15
    alpha[PERSON], alpha[STRAY] = 1.0, 0.7
    cleaned = without_stray(alpha, 0.97)
    assert not cleaned[:, 70:].any() and np.array_equal(cleaned[:, :70], alpha[:, :70])


def test_how_much_stays_has_no_jumps_and_rises_with_what_the_network_says() -> None:
    shares = [float(without_stray(matte(stray=stray), 0.9)[25, 85]) / stray for stray in np.linspace(0.7, 1, 61)]
    assert shares[0] == 0 and shares[-1] == 1
    steps = np.diff(shares)
    assert steps.min() > -1e-6 and 0.02 < steps.max() < 0.1


def test_of_two_who_are_about_as_large_nobody_goes_when_the_larger_one_changes() -> None:
    shares = []
    for width in range(10, 61):
        alpha = np.zeros((64, 112), np.float32)
        alpha[10:60, 4:44], alpha[10:60, 50 : 50 + width] = 1.0, 0.7
        cleaned = without_stray(alpha, 0.97)
        assert (cleaned[10:60, 4:44] == 1).all(), "who is sure stays, also as the smaller one"
        shares.append(float(cleaned[30, 52]) / 0.7)
    assert shares[0] == 0 and shares[-1] == pytest.approx(1) and np.abs(np.diff(shares)).max() < 0.25


def test_a_soft_edge_hardly_counts() -> None:
    alpha = matte(stray=1.0)
    soft = cv2.GaussianBlur(alpha, (0, 0), 1.2)
    assert soft[STRAY].mean() < 0.9  # less than wanted, and yet
    assert (without_stray(soft, 0.97)[STRAY] > 0.9 * soft[STRAY]).all()


@pytest.mark.parametrize("sure", [0.5, 0.97, 1.0])
@given(coarse=arrays(np.float32, (6, 9), elements=st.sampled_from([np.float32(v) for v in (0, 0.1, 0.3, 0.6, 0.9, 1)])))
def test_nothing_is_ever_added_and_the_largest_patch_is_untouched(coarse: np.ndarray, sure: float) -> None:
    alpha = cv2.resize(coarse, (72, 48), interpolation=cv2.INTER_CUBIC).clip(0, 1)
    cleaned = without_stray(alpha, sure)
    assert cleaned.dtype == np.float32 and (cleaned <= alpha).all() and (cleaned >= 0).all()
    greatest = alpha.reshape(24, 2, 36, 2).max((1, 3))
    count, labels = cv2.connectedComponents((greatest > 0.2).astype(np.uint8), connectivity=8)
    labels = labels.repeat(2, 0).repeat(2, 1)
    if count > 1:
        largest = 1 + np.bincount(labels.ravel())[1:].argmax()
        assert np.array_equal(cleaned[labels == largest], alpha[labels == largest])


def test_patches_at_the_borders_and_beside_each_other() -> None:
    alpha = np.zeros((40, 40), np.float32)
    alpha[:20, :20], alpha[39, 39], alpha[0, 39], alpha[38:, 0] = 1.0, 0.5, 1.0, 0.3
    alpha[27, 20:30], alpha[32, 20:30] = 0.4, 1.0
    cleaned = without_stray(alpha, 0.97)
    assert cleaned[39, 39] == 0 and cleaned[0, 39] == 1 and not cleaned[38:, 0].any()
    assert not cleaned[27, 20:30].any() and (cleaned[32, 20:30] == 1).all() and (cleaned[:20, :20] == 1).all()


def crowd() -> np.ndarray:
    """A person, and above him 728 patches of four pixels, each as sure as it is."""
    alpha = np.zeros((160, 256), np.float32)
    alpha[70:, 80:180] = 1.0
    sureness = np.random.default_rng(3).uniform(0.6, 1, (13, 56)).astype(np.float32)
    for y, x in np.ndindex(13, 56):
        alpha[2 + 4 * y : 4 + 4 * y, 2 + 4 * x : 4 + 4 * x] = sureness[y, x]
    return alpha


def test_each_of_many_patches_is_judged_as_if_it_were_alone() -> None:
    alpha = crowd()
    together = without_stray(alpha, 0.9, 2.0)
    kept = set()
    for y, x in [(2 + 4 * row, 2 + 20 * column) for row, column in np.ndindex(13, 12)]:
        alone = alpha.copy()
        alone[:60] = 0
        alone[y : y + 2, x : x + 2] = alpha[y, x]
        cleaned = without_stray(alone, 0.9, 2.0)
        assert together[y, x] == pytest.approx(cleaned[y, x], abs=1e-6)
        kept.add(round(float(cleaned[y, x]), 2))
    assert len(kept) > 2


def test_a_thousand_patches_cost_little_more_than_one() -> None:
    def least_ms(alpha: np.ndarray) -> float:
        taken = []
        for _ in range(9):
            since = time.thread_time_ns()
            without_stray(alpha, 0.9, 2.0)
            taken.append(time.thread_time_ns() - since)
        return min(taken) / 1e6

    one = crowd()
    one[:60] = 0
    one[20:30, 20:30] = 0.5
    assert least_ms(crowd()) < 8 * least_ms(one)
