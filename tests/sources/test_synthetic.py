import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from live_seg.config import build
from live_seg.errors import UsageError
from live_seg.sources.synthetic import SyntheticSource, composed


def made(scene="", size="320x180", fps=30.0):
    return SyntheticSource(scene, build({"source": {"size": size, "fps": fps}}), lambda: 0.0)


@pytest.mark.parametrize("size", ["320x180", "180x320", "641x359", "1x1", "7x5"])
@pytest.mark.parametrize("index", [0, 17, 400])
def test_a_frame_is_the_figure_over_the_room_by_the_exact_alpha(size, index):
    source = made(size=size)
    alpha = source.alpha(index)
    frame = source.frame(index)
    weight = alpha[..., None] / 255
    expected = source._clothes * weight + source.room * (1 - weight)
    assert np.abs(frame.image - expected).max() <= 0.5 + 1e-6
    assert frame.image.shape == (*alpha.shape, 3)
    assert alpha.dtype == frame.image.dtype == np.uint8


def test_frames_are_the_same_on_every_run():
    first, second = made(), made()
    for index in (0, 5, 31):
        assert np.array_equal(first.frame(index).image, second.frame(index).image)


def test_the_figure_moves_and_the_room_does_not():
    source = made()
    first, second = source.frame(0), source.frame(12)
    neither = (source.alpha(0) == 0) & (source.alpha(12) == 0)
    assert np.array_equal(first.image[neither], second.image[neither])
    assert (source.alpha(0) != source.alpha(12)).mean() > 0.005


def test_the_figure_has_a_soft_edge():
    alpha = made(size="1280x720").alpha(3)
    assert 0.001 < ((alpha > 0) & (alpha < 255)).mean() < 0.05
    assert 0.1 < (alpha == 255).mean() < 0.6


def test_nobody_is_in_the_empty_room():
    source = made("empty")
    assert not source.alpha(40).any()
    assert np.array_equal(source.frame(40).image, source.room)


def test_somebody_leaves():
    source = made("leaving", fps=10)
    assert source.alpha(0).any()
    assert not any(source.alpha(index).any() for index in range(35, 100))


def test_an_unknown_scene_names_the_nearest():
    with pytest.raises(UsageError, match="Did you mean leaving"):
        made("leavin")


def test_it_is_fast_enough_not_to_slow_other_tests():
    source = made(size="1280x720")
    source.frame(0)
    start = time.thread_time()
    for index in range(10):
        source.frame(index)
    assert (time.thread_time() - start) / 10 < 1 / 60


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 255), st.integers(0, 255), st.integers(0, 255))
def test_composing_rounds_to_the_nearest_level(front, back, alpha):
    made = composed(*(np.full((1, 1, 3), level, np.uint8) for level in (front, back)), np.full((1, 1), alpha, np.uint8))
    assert abs(int(made[0, 0, 0]) - (front * alpha + back * (255 - alpha)) / 255) <= 0.5
