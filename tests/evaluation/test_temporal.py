import cv2
import numpy as np
import pytest
from scipy import ndimage

from live_seg.evaluation.temporal import dtssd, motion, warped, warped_difference


def textured(height: int = 96, width: int = 128, seed: int = 0) -> np.ndarray:
    noise = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return cv2.GaussianBlur(noise, (0, 0), 2)


def disc(x: int, y: int = 48, radius: int = 20) -> np.ndarray:
    alpha = np.zeros((96, 128), np.uint8)
    cv2.circle(alpha, (x, y), radius, 255, -1)
    return cv2.GaussianBlur(alpha, (0, 0), 1)


def test_dtssd_by_hand() -> None:
    now, before = np.array([[255, 0]], np.uint8), np.array([[0, 0]], np.uint8)
    still = np.array([[0, 0]], np.uint8)
    assert dtssd(now, before, still, still) == pytest.approx(np.sqrt(1 / 2))
    assert dtssd(now, before, now, before) == 0.0


def test_dtssd_agrees_with_a_plain_loop() -> None:
    random = np.random.default_rng(1)
    now, before, true_now, true_before = random.integers(0, 256, (4, 7, 9), dtype=np.uint8)
    total = 0.0
    for y in range(7):
        for x in range(9):
            change = int(now[y, x]) - int(before[y, x])
            total += ((change - (int(true_now[y, x]) - int(true_before[y, x]))) / 255) ** 2
    assert dtssd(now, before, true_now, true_before) == pytest.approx((total / 63) ** 0.5, rel=1e-5)


def test_a_matte_that_moves_with_the_flow_does_not_differ() -> None:
    flow = np.zeros((96, 128, 2), np.float32)
    flow[:, :, 0] = -5  # what is here was five pixels further left
    assert warped_difference(disc(65), disc(60), flow) == 0.0
    assert warped_difference(disc(65), disc(60), np.zeros_like(flow)) > 0.01


def test_what_came_from_outside_does_not_count() -> None:
    flow = np.zeros((4, 4, 2), np.float32)
    flow[:, :, 0] = -2
    _, seen = warped(np.zeros((4, 4), np.uint8), flow)
    assert seen[0].tolist() == [False, False, True, True]


def test_warping_agrees_with_a_spline_of_first_order() -> None:
    before = disc(60)
    flow = np.random.default_rng(2).uniform(-3, 3, (96, 128, 2)).astype(np.float32)
    y, x = np.mgrid[:96, :128].astype(np.float64)
    at = [y + flow[..., 1], x + flow[..., 0]]
    expected = ndimage.map_coordinates(before.astype(float), at, order=1, mode="nearest")
    moved, seen = warped(before, flow)
    assert np.abs(moved.astype(float) - expected)[seen].max() <= 5.5  # OpenCV rounds positions to 1/32 of a pixel


def test_flicker_of_a_matte_that_follows_the_picture_is_small_and_of_a_blinking_one_large() -> None:
    picture = textured()
    moved = np.roll(picture, 4, axis=1)
    flow = motion(moved, picture)
    assert flow is not None
    assert warped_difference(disc(64), disc(60), flow) < 0.005
    blinking = warped_difference(np.zeros((96, 128), np.uint8), disc(60), flow)
    assert blinking == pytest.approx(disc(60).mean() / 255, rel=0.15)


def test_a_cut_has_no_flicker() -> None:
    black, white = np.zeros((96, 128, 3), np.uint8), np.full((96, 128, 3), 255, np.uint8)
    assert motion(black, white) is None
