import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import ndimage

from live_seg.evaluation.metrics import binary, false_area, gradient_error, iou, mad, mse

alphas = arrays.arrays(np.uint8, (12, 17), elements=st.sampled_from([0, 40, 127, 128, 200, 255]))


def grid(*rows: str) -> np.ndarray:
    return np.array([[255 if letter == "#" else 0 for letter in row] for row in rows], np.uint8)


def test_iou_of_two_overlapping_bars_is_a_third() -> None:
    assert iou(binary(grid("##..")), binary(grid(".##."))) == pytest.approx(1 / 3)


def test_iou_of_nothing_and_nothing_is_one() -> None:
    assert iou(binary(grid("....")), binary(grid("...."))) == 1.0


def test_half_is_person_and_just_below_is_not() -> None:
    assert binary(np.array([[127, 128]], np.uint8)).tolist() == [[False, True]]


def test_mad_and_mse_by_hand() -> None:
    predicted, truth = np.array([[0, 51, 255, 255]], np.uint8), np.array([[0, 0, 255, 0]], np.uint8)
    assert mad(predicted, truth) == pytest.approx((0.2 + 1.0) / 4)
    assert mse(predicted, truth) == pytest.approx((0.04 + 1.0) / 4, abs=1e-6)


def test_false_area_counts_what_is_taken_for_a_person() -> None:
    assert false_area(np.array([[255, 128, 127, 0]], np.uint8)) == 0.5


def test_gradient_error_of_a_flat_matte_at_another_level_is_nothing() -> None:
    dark, light = np.full((20, 20), 10, np.uint8), np.full((20, 20), 200, np.uint8)
    assert gradient_error(dark, light) == pytest.approx(0, abs=1e-8)


@given(alphas, alphas)
def test_mad_and_mse_agree_with_plain_floating_point(predicted: np.ndarray, truth: np.ndarray) -> None:
    difference = predicted.astype(float) / 255 - truth.astype(float) / 255
    assert mad(predicted, truth) == pytest.approx(np.abs(difference).mean(), abs=1e-6)
    assert mse(predicted, truth) == pytest.approx((difference**2).mean(), abs=1e-6)


@given(alphas, alphas)
def test_iou_agrees_with_sets_of_pixels(predicted: np.ndarray, truth: np.ndarray) -> None:
    ours, theirs = (set(zip(*np.nonzero(alpha > 127), strict=True)) for alpha in (predicted, truth))
    expected = len(ours & theirs) / len(ours | theirs) if ours | theirs else 1.0
    assert iou(binary(predicted), binary(truth)) == pytest.approx(expected)


@given(alphas, alphas)
def test_gradient_error_agrees_with_full_two_dimensional_filters(predicted: np.ndarray, truth: np.ndarray) -> None:
    def length(alpha: np.ndarray) -> np.ndarray:
        sigma, half = 1.4, 4  # the Gaussian of 1.4 falls under 0.01 beyond 4 pixels
        y, x = np.mgrid[-half : half + 1, -half : half + 1].astype(float)
        gauss = np.exp(-(x**2) / (2 * sigma**2)) * np.exp(-(y**2) / (2 * sigma**2))
        kernels = [-x * gauss, -y * gauss]
        kernels = [kernel / np.sqrt((kernel**2).sum()) for kernel in kernels]
        return np.hypot(*(ndimage.correlate(alpha / 255.0, kernel, mode="nearest") for kernel in kernels))

    expected = ((length(predicted) - length(truth)) ** 2).sum() / 1000
    assert gradient_error(predicted, truth) == pytest.approx(expected, rel=1e-3, abs=1e-6)
