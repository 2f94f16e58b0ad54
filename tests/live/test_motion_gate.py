"""The promise of live/gate.py: a matte is kept only for a frame that does not differ from the one the network saw."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import cast

import cv2
import numpy as np
import pytest
from fakes import ListSource, Recorder, ScriptedNetwork, loads
from hypothesis import given, settings
from hypothesis import strategies as st

from live_seg.config import Config, build, changed
from live_seg.config.tree import Gate as GateConfig
from live_seg.config.tree import Guard as GuardConfig
from live_seg.frame import Frame, Image, Matte, Size
from live_seg.live.gate import Gate, Noise, _block_means
from live_seg.live.gate import changed as differs
from live_seg.live.guard import Guard
from live_seg.live.pipeline import Pipeline
from live_seg.matting import Matter
from live_seg.models import Model, Network

FULL, SMALL = Size(320, 192), Size(160, 96)
FPS = 30


def room(seed: int = 0) -> Image:
    """A room of soft shapes, uint8, at the size of the network's input."""
    noise = np.random.default_rng(seed).integers(0, 256, (SMALL.height, SMALL.width, 3), np.uint8)
    soft = cv2.normalize(cv2.GaussianBlur(noise, (0, 0), 6), None, 40, 200, cv2.NORM_MINMAX)  # type: ignore[call-overload]
    return np.asarray(soft, np.uint8)


def noisy(image: Image, level: float, random: np.random.Generator) -> Image:
    """What a camera makes of it: noise of that standard deviation at the network's size."""
    return np.asarray(np.clip(image + random.normal(0, level, image.shape), 0, 255).round(), np.uint8)


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 2**32))
def test_block_means_are_the_means_of_blocks_of_8_by_8(height: int, width: int, seed: int) -> None:
    image = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    padded = np.pad(image, ((0, -height % 8), (0, -width % 8), (0, 0)), "edge").astype(np.float64)
    rows, columns = padded.shape[0] // 8, padded.shape[1] // 8
    plain = padded.reshape(rows, 8, columns, 8, 3).mean(axis=(1, 3))
    np.testing.assert_allclose(_block_means(image), plain, atol=1e-4)


class Scene:
    """Drives a gate as the loop does, at 30 frames a second; its network always says `alpha`."""

    def __init__(self, gate: Gate | None = None) -> None:
        self.gate = gate or Gate(GateConfig(), 500)
        self.alpha = np.zeros((FULL.height, FULL.width), np.uint8)
        self.count = 0

    @property
    def now(self) -> float:
        return 100 + self.count / FPS

    def show(self, small: Image) -> Matte | None:
        """One frame; what was kept for it, or None if the network looked."""
        frame = Frame(np.zeros((FULL.height, FULL.width, 3), np.uint8), self.count, self.now)
        kept = self.gate.kept(frame, small)
        if kept is None:
            self.gate.made(small, Matte(self.alpha, 0.9, frame.time))
        self.count += 1
        return kept

    def settle(self, image: Image, level: float, random: np.random.Generator) -> None:
        """Shows a still scene for two seconds and until a matte is kept."""
        for _ in range(60):
            self.show(noisy(image, level, random))
        while self.show(noisy(image, level, random)) is None:
            assert self.count < 200, "the gate never keeps a matte"


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


def test_the_network_is_asked_for_as_long_as_the_guard_doubts() -> None:
    """A matte that is suddenly full comes from the network many times before it is kept: once is not enough."""
    scene, random = Scene(), np.random.default_rng(10)
    scene.settle(room(), 0.4, random)
    scene.alpha = np.full_like(scene.alpha, 255)
    while scene.show(noisy(room(), 0.4, random)) is not None:
        pass
    asked = [scene.show(noisy(room(), 0.4, random)) is None for _ in range(14)]
    assert all(asked)


def test_a_full_matte_of_a_still_scene_is_hidden_as_long_as_without_the_gate() -> None:
    shown: dict[bool, list[bool]] = {}
    for gated in (True, False):
        scene = Scene()
        scene.alpha[:, :100] = 255
        guard = Guard(GuardConfig(), _Plain(), _Nowhere(), lambda scene=scene: scene.now)  # type: ignore[misc]
        shown[gated] = []
        for number in range(90):
            if number == 45:
                scene.alpha = np.full_like(scene.alpha, 255)
            if not gated:
                scene.gate.reset()
            frame = Frame(np.zeros((FULL.height, FULL.width, 3), np.uint8), number, scene.now)
            matte = scene.show(room()) or Matte(scene.alpha, 0.9, frame.time)
            shown[gated].append(guard.show(frame, matte))
    assert shown[True].count(False) >= shown[False].count(False) > 10


class _Plain:
    def __call__(self, image: Image, alpha: Image, out: Image | None = None) -> Image:
        return np.zeros_like(image)

    def warm(self, size: Size) -> None:
        pass

    def at(self, time_s: float, lossless: bool) -> None:
        pass


class _Nowhere:
    def put(self, picture: Image, frame: Frame) -> None:
        pass

    def close_intake(self) -> None:
        pass


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


def still_frames(count: int) -> list[Frame | Exception]:
    """A live source's frames of one still picture, all of one moment but for their times."""
    image = np.repeat(np.repeat(room(), 2, 0), 2, 1)
    return [Frame(image, number, 100 + number / FPS) for number in range(count)]


class OneAfterTheOther(ListSource):
    """Waits until the sink has a picture of what was given before, and moves the clock."""

    live = True

    def __init__(self, items: list[Frame | Exception], sink: Recorder) -> None:
        super().__init__(items, live=True)
        self.size = FULL
        self.now = 100.0
        self._sink, self._given = sink, 0

    def read(self, timeout_s: float) -> Frame | None:
        for _ in range(20_000):
            if len(self._sink.pictures) >= self._given:
                break
            threading.Event().wait(0.001)
        self._given += 1
        frame = super().read(timeout_s)
        self.now = frame.time if frame else self.now
        return frame


def looks(config: Config, lossless: bool) -> int:
    """How often the network looks at two seconds of a still scene."""
    network, sink = ScriptedNetwork(), Recorder()
    network.input_size = lambda frame: SMALL  # type: ignore[method-assign]
    source = OneAfterTheOther(still_frames(60), sink)
    pipeline = Pipeline(config, source, loads(network), lossless=lossless, clock=lambda: source.now)
    pipeline.run([sink])
    assert len(sink.pictures) == 60
    assert pipeline.statistics.hidden_count == 0
    assert pipeline.statistics.kept_count == 60 - network.runs
    return network.runs


PLAIN = build({"effect": {"name": "replace"}, "guard": {"max_age_ms": 20000}})


def test_in_the_loop_a_still_scene_is_skipped_live_and_never_offline() -> None:
    assert looks(PLAIN, lossless=False) < 30
    assert looks(PLAIN, lossless=True) == 60
    assert looks(changed(PLAIN, "gate.on", False), lossless=False) == 60


def test_a_gated_matte_is_nearly_that_of_the_network() -> None:
    """With the real way through the matting: what is kept differs from a new look by no more than noise."""
    with Network(Model(name="no model", file=Path("none.onnx"), precision=""), "fixed", Config().engine) as network:
        matter, gate, random = Matter(cast(Network, network), Config().matting), Gate(GateConfig(), 100), None
        random = np.random.default_rng(12)
        image = np.repeat(np.repeat(room(), 2, 0), 2, 1)
        kept_frames = 0
        for number in range(40):
            frame = Frame(noisy(image, 2.0, random), number, number / FPS)
            views = matter.views(frame)
            kept, made = gate.kept(frame, views.small), matter(frame, views)
            if kept is None:
                gate.made(views.small, made)
            else:
                kept_frames += 1
                assert np.abs(kept.alpha.astype(int) - made.alpha).mean() < 2
        assert kept_frames > 20
