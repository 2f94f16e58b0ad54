"""Frame -> Matte, with the stand-in and with the model that ships."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import cast

import cv2
import numpy as np
import pytest

from live_seg.config.tree import Engine as EngineConfig
from live_seg.config.tree import Matting
from live_seg.engines import Blob
from live_seg.errors import EngineError
from live_seg.frame import Alpha, Frame, Image, Size
from live_seg.matting import Matter
from live_seg.models import Model, Network, best_model
from live_seg.sources.synthetic import SyntheticSource

Synthetic = Callable[..., SyntheticSource]
SIZES = [Size(1280, 720), Size(641, 359), Size(480, 640), Size(64, 48), Size(2, 2), Size(1, 1), Size(1000, 20)]


def iou(alpha: Alpha, truth: Alpha) -> float:
    return float(((alpha > 127) & (truth > 127)).sum() / max(1, ((alpha > 127) | (truth > 127)).sum()))


def portrait() -> Image:
    data = np.frombuffer((files("live_seg") / "assets" / "astronaut.webp").read_bytes(), np.uint8)
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


@pytest.mark.parametrize("refine", ["guided", "bilinear"])
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_the_matte_has_the_frames_size_and_time(fixed_network: Network, size: Size, refine: str) -> None:
    random = np.random.default_rng(0)
    image = random.integers(0, 256, (size.height, size.width, 3), np.uint8)
    image.flags.writeable = False
    matte = Matter(fixed_network, Matting(refine=refine))(Frame(image, 7, 12.5))  # type: ignore[arg-type]
    assert matte.alpha.shape == image.shape[:2]
    assert matte.alpha.dtype == np.uint8
    assert matte.time == 12.5
    assert 0 <= matte.confidence <= 1


def test_the_ellipse_of_the_stand_in_lies_in_the_middle(fixed_network: Network, synthetic: Synthetic) -> None:
    alpha = Matter(fixed_network, Matting(refine="bilinear"))(synthetic(Size(1280, 720)).frame(0)).alpha
    truth = np.zeros_like(alpha)
    cv2.ellipse(truth, (640, 360), (180, 324), 0, 0, 360, 255, cv2.FILLED)
    assert iou(alpha, truth) > 0.97
    assert alpha[360, 640] == 255
    assert alpha[0, 0] == 0


def test_the_size_may_change_from_frame_to_frame(fixed_network: Network, synthetic: Synthetic) -> None:
    matter = Matter(fixed_network, Matting())
    for size in (*SIZES, *reversed(SIZES)):
        assert Size.of(matter(synthetic(size).frame(0)).alpha) == size


def test_the_same_frames_give_the_same_mattes(fixed_network: Network, synthetic: Synthetic) -> None:
    frames = [synthetic().frame(index) for index in range(4)]
    first, second = (Matter(fixed_network, Matting()) for _ in range(2))
    for frame in frames:
        assert np.array_equal(first(frame).alpha, second(frame).alpha)


def test_reset_makes_the_next_frame_the_first(network: Network, synthetic: Synthetic) -> None:
    frames = [synthetic().frame(index) for index in range(3)]
    matter = Matter(network, Matting(steady=1.0))
    for frame in frames[:2]:
        matter(frame)
    matter.reset()
    assert np.array_equal(matter(frames[2]).alpha, Matter(network, Matting(steady=1.0))(frames[2]).alpha)


def test_what_follows_is_as_sure_as_the_look_that_it_follows_and_a_reset_leaves_nothing_to_follow(
    fixed_network: Network, synthetic: Synthetic
) -> None:
    frames = [synthetic().frame(index) for index in range(2)]
    matter = Matter(fixed_network, Matting())
    looked = matter(frames[0])
    followed = matter.follow(frames[1], matter.views(frames[1]))
    assert followed
    assert (followed.confidence, followed.time) == (looked.confidence, looked.time)
    matter.reset()
    assert matter.follow(frames[1], matter.views(frames[1])) is None


def test_a_smaller_share_is_a_smaller_input(fixed_network: Network, synthetic: Synthetic) -> None:
    matter, frame = Matter(fixed_network, Matting()), synthetic(Size(1280, 720)).frame(0)
    areas = []
    for matter.share in (1.0, 0.67, 0.35):
        areas.append(matter.views(frame).small.size)
        assert Size.of(matter(frame).alpha) == frame.size
    assert areas[1] < 0.85 * areas[0]
    assert areas[2] < 0.6 * areas[1]


@pytest.mark.parametrize(("sure", "stays"), [(0.97, False), (0.0, True)])
def test_a_patch_that_the_network_itself_is_less_sure_of_goes_whatever_its_gain(sure: float, stays: bool) -> None:
    class Gained:
        """Sure of the left half, less of a patch at the right; its logits are told three times as large."""

        model = Model("gained", Path("none.onnx"), "fp32", logit_gain=3.0)

        def input_size(self, frame: Size) -> Size:
            return Size(96, 96)

        def __call__(self, blob: Blob) -> Blob:
            logits = np.full((1, 1, 96, 96), -20, np.float32)
            logits[..., :40], logits[..., 40:60, 70:90] = 3 * 2.0, 3 * 1.0
            return logits

    frame = Frame(np.zeros((96, 96, 3), np.uint8), 0, 0.0)
    alpha = Matter(cast(Network, Gained()), Matting(sure=sure, refine="bilinear"))(frame).alpha
    assert alpha[50, 20] > 250
    assert (alpha[50, 80] > 200) == stays
    assert stays or alpha[50, 80] == 0


def test_an_engine_that_fails_is_no_matte(
    fixed_network: Network, synthetic: Synthetic, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: object, blob: object) -> None:
        raise EngineError("it broke")

    monkeypatch.setattr("live_seg.engines.fixed.FixedEngine.run", fail)
    with pytest.raises(EngineError, match="it broke"):
        Matter(fixed_network, Matting())(synthetic().frame(0))


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    """The model that ships, on ONNX Runtime's CPU."""
    with Network(best_model("int8"), "cpu", EngineConfig()) as network:
        yield network


@pytest.mark.parametrize("size", [Size(512, 512), Size(640, 480), Size(480, 640)], ids=str)
def test_the_model_finds_the_person_of_the_portrait(network: Network, size: Size) -> None:
    image = portrait()
    width, height = min(512, 512 * size.width // size.height), min(512, 512 * size.height // size.width)
    left = (512 - width) // 2
    image = np.ascontiguousarray(image[:height, left : left + width])
    alpha = Matter(network, Matting())(Frame(cv2.resize(image, size), 0, 0.0)).alpha  # type: ignore[arg-type]
    alpha = np.asarray(cv2.resize(alpha, (width, height)), np.uint8)
    face, suit = alpha[60:170, 185 - left : 255 - left], alpha[260:340, 130 - left : 290 - left]
    assert (face > 127).mean() > 0.97
    assert (suit > 127).mean() > 0.97
    assert (alpha[:200, 330 - left : 440 - left] > 127).mean() < 0.05  # wall and rocket
    assert 0.25 < (alpha > 127).mean() < 0.75


def test_the_model_gives_no_person_where_there_is_none(network: Network) -> None:
    wall = np.full((480, 640, 3), 150, np.uint8)
    assert (Matter(network, Matting())(Frame(wall, 0, 0.0)).alpha > 127).mean() < 0.02
