"""The promise of live/gate.py: a matte is kept only for a frame that does not differ from the one the network saw."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scenes import FPS, FULL, SMALL, Scene, noisy, room

from live_seg.frame import Finished, Frame, Halved, Matte
from live_seg.live.gate import Noise, _block_means
from live_seg.live.gate import changed as differs


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 2**32))
def test_block_means_are_the_means_of_blocks_of_8_by_8(height: int, width: int, seed: int) -> None:
    image = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    padded = np.pad(image, ((0, -height % 8), (0, -width % 8), (0, 0)), "edge").astype(np.float64)
    rows, columns = padded.shape[0] // 8, padded.shape[1] // 8
    plain = padded.reshape(rows, 8, columns, 8, 3).mean(axis=(1, 3))
    np.testing.assert_allclose(_block_means(image), plain, atol=1e-4)


@pytest.mark.parametrize("level", [0.0, 0.3, 0.6, 1.2])
def test_a_still_scene_is_looked_at_about_once_a_second(level: float) -> None:
    scene, random, image = Scene(), np.random.default_rng(1), room()
    scene.settle(image, level, random)
    looked = sum(scene.show(noisy(image, level, random)) is None for _ in range(10 * FPS))
    assert 9 <= looked <= 12


def test_a_kept_matte_bears_the_frames_time_and_the_networks_word() -> None:
    scene, random = Scene(), np.random.default_rng(2)
    scene.settle(room(), 0.5, random)
    time = scene.now
    kept = scene.show(noisy(room(), 0.5, random))
    assert kept
    assert kept.time == time
    assert kept.alpha is scene.alpha
    assert kept.confidence == 0.9


def test_what_was_made_of_the_frame_that_the_network_saw_is_not_kept_for_later_ones() -> None:
    scene = Scene()
    scene.settle(room(), 0.0, np.random.default_rng(14))
    while scene.show(room()) is not None:
        pass
    seen = np.zeros((FULL.height, FULL.width, 3), np.uint8)
    matte = Matte(scene.alpha, 0.9, scene.now, Finished(None, seen, seen), Halved(seen, seen[::2, ::2]))
    scene.gate.made(room(), matte)
    scene.count += 1
    kept = scene.show(room())
    assert kept
    assert kept.finished is None
    assert kept.halved is None


@given(
    st.integers(0, SMALL.width - 2),
    st.integers(0, SMALL.height - 2),
    st.integers(2, 30),
    st.integers(2, 30),
    st.integers(18, 80),
    st.sampled_from([0.0, 0.4, 0.8]),
    st.integers(0, 2**32),
)
@settings(max_examples=25, deadline=None)
def test_a_hand_anywhere_in_the_picture_makes_the_network_look(
    left: int, top: int, width: int, height: int, contrast: int, level: float, seed: int
) -> None:
    """Down to two by two pixels of the network's input, 9 by 9 of a frame of 720 lines, also in a corner."""
    scene, random, image = Scene(), np.random.default_rng(seed), room(seed % 5)
    scene.settle(image, level, random)
    entered = image.copy()
    hand = entered[top : top + height, left : left + width]
    hand[:] = np.where(hand > 128, hand - contrast, hand + contrast)
    assert scene.show(noisy(entered, level, random)) is None


@given(st.integers(0, SMALL.width // 8 - 1), st.integers(0, SMALL.height // 8 - 1), st.integers(0, 2), st.booleans())
@settings(max_examples=20, deadline=None)
def test_one_block_that_becomes_a_little_lighter_makes_the_network_look(
    column: int, row: int, channel: int, darker: bool
) -> None:
    scene, random, image = Scene(), np.random.default_rng(5), room()
    scene.settle(image, 0.4, random)
    block = image[8 * row : 8 * row + 8, 8 * column : 8 * column + 8, channel]
    block += np.uint8(-4 % 256 if darker else 4)
    assert scene.show(noisy(image, 0.4, random)) is None


@given(st.floats(0.1, 2.0), st.booleans(), st.sampled_from([0.0, 0.6]))
@settings(max_examples=20, deadline=None)
def test_light_that_drifts_slowly_is_seen_before_it_has_changed_much(step: float, darker: bool, level: float) -> None:
    """What is kept is never more than three levels away from what the network saw."""
    scene, random, image = Scene(), np.random.default_rng(6), room()
    scene.settle(image, level, random)
    seen, light = 0.0, 0.0
    for _ in range(60):
        light += -step if darker else step
        shown = np.clip(image + light, 0, 255).astype(np.float32)
        kept = scene.show(noisy(shown.round().astype(np.uint8), level, random))
        if kept is None:
            seen = light
        else:
            assert abs(light - seen) < 3 + step


def test_what_creeps_a_pixel_at_a_time_is_seen() -> None:
    """Each frame differs little from the one before; what counts is the frame that the network saw."""
    scene, random = Scene(), np.random.default_rng(7)
    image = np.full((SMALL.height, SMALL.width, 3), 90, np.uint8)
    scene.settle(image, 0.3, random)
    seen = 0.0
    for step in range(1, 80):
        place = step * 0.1  # a light bar's edge, anti-aliased
        columns = np.clip(np.arange(SMALL.width) - 50 + place, 0, 1) - np.clip(np.arange(SMALL.width) - 70, 0, 1)
        shown = (image + 80 * columns[None, :, None]).astype(np.uint8) if step else image
        if scene.show(noisy(shown, 0.3, random)) is None:
            seen = place
        else:
            assert place - seen < 0.5


def test_motion_all_over_the_picture_is_never_taken_for_noise() -> None:
    scene, random = Scene(), np.random.default_rng(8)
    for number in range(120):
        shifted = np.roll(room(), 2 * number, axis=1)
        assert scene.show(noisy(shifted, 0.5, random)) is None


def test_a_camera_that_gives_each_picture_twice_is_gated_too() -> None:
    scene, random = Scene(), np.random.default_rng(9)
    kept = 0
    for _ in range(60):
        shown = noisy(room(), 0.8, random)
        kept += sum(scene.show(shown) is not None for _ in range(2))
    assert kept > 60


def test_reset_another_size_and_time_that_goes_back_forget_the_matte() -> None:
    for disturb in ("reset", "size", "time"):
        scene = Scene()
        scene.settle(room(), 0.0, np.random.default_rng(11))
        small = room()
        if disturb == "reset":
            scene.gate.reset()
        elif disturb == "size":
            small = np.ascontiguousarray(small.transpose(1, 0, 2))
        else:
            scene.count -= 600
        assert scene.show(small) is None


def test_a_larger_frame_that_looks_the_same_to_the_network_is_looked_at() -> None:
    scene = Scene()
    scene.settle(room(), 0.0, np.random.default_rng(13))
    while scene.show(room()) is None:
        pass
    double = np.zeros((2 * FULL.height, 2 * FULL.width, 3), np.uint8)
    assert scene.gate.kept(Frame(double, scene.count, scene.now), room()) is None


def test_a_frame_from_before_the_networks_look_does_not_get_its_matte() -> None:
    scene = Scene()
    scene.settle(room(), 0.0, np.random.default_rng(12))
    while scene.show(room()) is not None:
        pass
    scene.count -= 3
    assert scene.show(room()) is None


@given(st.floats(0, 8), st.integers(0, 2**32))
@settings(max_examples=15, deadline=None)
def test_noise_is_learned_slowly_and_never_beyond_its_bound(level: float, seed: int) -> None:
    noise, random, before = Noise(), np.random.default_rng(seed), 0.0
    for _ in range(40):
        now = noise(noisy(room(), level, random))
        assert now <= before + 0.1 + 1e-6
        assert now <= 2
        before = now


def test_pictures_of_two_sizes_differ() -> None:
    assert differs(np.zeros((8, 8, 3), np.uint8), np.zeros((16, 8, 3), np.uint8), 2.0)
