import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import ndimage
from skimage.morphology import disk

from live_seg.evaluation.boundary import boundary_f, boundary_iou

masks = arrays.arrays(np.bool_, (30, 40), elements=st.booleans(), fill=st.just(False))


def box(top: int, left: int, bottom: int, right: int, shape: tuple[int, int] = (60, 80)) -> np.ndarray:
    mask = np.zeros(shape, np.bool_)
    mask[top:bottom, left:right] = True
    return mask


def test_equal_masks_have_both_scores_of_one() -> None:
    mask = box(10, 10, 40, 60)
    assert boundary_iou(mask, mask) == boundary_f(mask, mask) == 1.0


def test_bands_of_two_pixels_by_hand() -> None:
    # 60x80 has a diagonal of 100: the band is 2 pixels. 20x20 inside 24x24: rings that do not meet.
    small, large = box(12, 12, 32, 32), box(10, 10, 34, 34)
    assert boundary_iou(small, large) == 0.0
    # Shifted to the right by one: two rings of 144 pixels. They share 2 rows of 19 above and below, and in the
    # 16 rows between them one column on the left and one on the right.
    shared = 2 * 2 * 19 + 16 * 2
    assert boundary_iou(small, box(12, 13, 32, 33)) == pytest.approx(shared / (2 * 144 - shared))


def test_a_mask_at_the_border_has_its_outline_there_too() -> None:
    whole, lower = box(0, 0, 60, 80), box(30, 0, 60, 80)
    assert 0 < boundary_iou(whole, lower) < 0.6


def test_outline_within_the_tolerance_counts_as_met() -> None:
    # 0.8 % of the diagonal of 100 is 0.8, rounded up to 1 pixel.
    assert boundary_f(box(10, 10, 40, 60), box(10, 11, 40, 61)) == 1.0
    assert boundary_f(box(10, 10, 40, 60), box(10, 14, 40, 64)) < 0.8


def test_nothing_found_scores_nothing() -> None:
    nothing = np.zeros((60, 80), np.bool_)
    assert boundary_f(nothing, box(10, 10, 40, 60)) == 0.0
    assert boundary_f(nothing, nothing) == boundary_iou(nothing, nothing) == 1.0


def reference_iou(first: np.ndarray, second: np.ndarray) -> float:
    """As the paper's authors describe it: the mask less what many small erosions leave, zeros around the picture."""
    width = max(1, round(0.02 * math.hypot(*first.shape)))
    bands = []
    for mask in (first, second):
        padded = np.pad(mask, 1)
        inner = ndimage.binary_erosion(padded, np.ones((3, 3)), iterations=width)[1:-1, 1:-1]
        bands.append(mask & ~inner)
    union = (bands[0] | bands[1]).sum()
    return float((bands[0] & bands[1]).sum() / union) if union else 1.0


def reference_f(first: np.ndarray, second: np.ndarray) -> float:
    """As in the DAVIS benchmark: outlines, one dilated by a disk, compared with the other."""

    def outline(mask: np.ndarray) -> np.ndarray:
        found = np.zeros_like(mask)
        height, width = mask.shape
        for y in range(height):
            for x in range(width):
                right, below = min(x + 1, width - 1), min(y + 1, height - 1)
                others = {bool(mask[y, right]), bool(mask[below, x]), bool(mask[below, right])}
                found[y, x] = others != {bool(mask[y, x])}
        return found

    shape = disk(math.ceil(0.008 * math.hypot(*first.shape)))
    ours, theirs = outline(first), outline(second)
    precision = (ours & ndimage.binary_dilation(theirs, shape)).sum() / ours.sum() if ours.any() else 1.0
    recall = (theirs & ndimage.binary_dilation(ours, shape)).sum() / theirs.sum() if theirs.any() else 1.0
    return float(2 * precision * recall / (precision + recall)) if precision + recall else 0.0


@given(masks, masks)
def test_boundary_iou_agrees_with_repeated_small_erosions(first: np.ndarray, second: np.ndarray) -> None:
    assert boundary_iou(first, second) == pytest.approx(reference_iou(first, second))


@given(masks, masks)
def test_boundary_f_agrees_with_dilation_by_a_disk(first: np.ndarray, second: np.ndarray) -> None:
    assert boundary_f(first, second) == pytest.approx(reference_f(first, second))


def test_reference_agrees_on_filled_shapes() -> None:
    random = np.random.default_rng(3)
    for _ in range(5):
        first, second = (ndimage.gaussian_filter(random.standard_normal((90, 120)), 6) > 0 for _ in range(2))
        assert boundary_iou(first, second) == pytest.approx(reference_iou(first, second))
        assert boundary_f(first, second) == pytest.approx(reference_f(first, second))
