"""The second look: where it goes, what it keeps, and what it gains."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from live_seg.config.tree import Engine as EngineConfig
from live_seg.config.tree import Matting
from live_seg.effects.blend import blend
from live_seg.frame import Alpha, Frame, Image, Matte, Size
from live_seg.matting import Matter
from live_seg.matting.region import SHAPES, Box, Region, subject_box, widened
from live_seg.models import Network, best_model


class Looks:
    """Stands for a matter: takes what is bright for the subject, and remembers what it was shown."""

    def __init__(self) -> None:
        self.sizes: list[Size] = []

    def __call__(self, frame: Frame) -> Matte:
        self.sizes.append(frame.size)
        return Matte(np.where(frame.image[..., 0] > 127, 255, 0).astype(np.uint8), 1.0, frame.time)


def bright(size: Size, *boxes: Box) -> Image:
    image = np.zeros((size.height, size.width, 3), np.uint8)
    for box in boxes:
        image[box.slices] = 200
    return image


def test_a_small_subject_is_looked_at_again_and_stands_where_it_stood() -> None:
    looks, image = Looks(), bright(Size(1000, 800), Box(100, 200, 180, 330))
    matte = Region(looks)(Frame(image, 3, 1.5))
    assert len(looks.sizes) == 2
    assert looks.sizes[1].width < 250
    assert np.array_equal(matte.alpha, np.where(image[..., 0], 255, 0))
    assert matte.time == 1.5


@pytest.mark.parametrize("box", [Box(20, 20, 980, 780), Box(0, 0, 0, 0)], ids=["large", "nobody"])
def test_a_large_subject_or_none_is_looked_at_once(box: Box) -> None:
    looks = Looks()
    Region(looks)(Frame(bright(Size(1000, 800), box), 0, 0.0))
    assert looks.sizes == [(1000, 800)]


def test_what_only_the_first_look_saw_is_not_lost() -> None:
    image = bright(Size(1000, 800), Box(100, 200, 180, 330))

    def once(frame: Frame) -> Matte:
        matte = Looks()(frame)
        return matte if frame.size == (1000, 800) else Matte(np.zeros_like(matte.alpha), 1.0, 0.0)

    assert Region(once)(Frame(image, 0, 0.0)).alpha.any()


@pytest.mark.parametrize(
    "box", [Box(100, 200, 180, 330), Box(300, 250, 700, 600), Box(20, 20, 980, 780)], ids=["small", "middling", "large"]
)
def test_the_last_look_is_finished_on_what_it_saw(box: Box) -> None:
    seen: list[Size] = []

    def finish(frame: Frame, matte: Matte) -> Matte:
        seen.append(frame.size)
        return replace(matte, alpha=matte.alpha // 2)

    looks = Looks()
    matte = Region(looks, finish)(Frame(bright(Size(1000, 800), box), 0, 0.0))
    assert matte.alpha.max() == 127
    assert seen == looks.sizes[-1:]
    assert len(looks.sizes) == (1 if box.left == 20 else 2)


def test_far_specks_do_not_widen_the_box() -> None:
    alpha = bright(Size(1000, 800), Box(100, 200, 300, 500), Box(990, 0, 995, 5))[..., 0]
    assert subject_box(alpha) == Box(100, 200, 300, 500)


@given(
    st.integers(1, 3000), st.integers(1, 3000), st.floats(0, 1), st.floats(0, 1), st.floats(0.01, 1), st.floats(0.01, 1)
)
def test_a_widened_box_lies_in_the_picture_and_holds_the_subject(
    width: int, height: int, x: float, y: float, across: float, down: float
) -> None:
    left, top = min(int(x * width), width - 1), min(int(y * height), height - 1)
    right, bottom = min(width, left + max(1, int(across * width))), min(height, top + max(1, int(down * height)))
    wide = widened(Box(left, top, right, bottom), Size(width, height))
    assert 0 <= wide.left <= left < right <= wide.right <= width
    assert 0 <= wide.top <= top < bottom <= wide.bottom <= height


def test_boxes_have_few_shapes() -> None:
    for box in (Box(500, 400, 560, 700), Box(400, 400, 700, 460), Box(500, 500, 600, 610)):
        size = widened(box, Size(2000, 2000)).size
        assert min(abs(size.width / size.height / shape - 1) for shape in SHAPES) < 0.02


def portrait() -> Image:
    data = np.frombuffer((files("live_seg") / "assets" / "astronaut.webp").read_bytes(), np.uint8)
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def iou(alpha: Alpha, truth: Alpha) -> float:
    return float(((alpha > 127) & (truth > 127)).sum() / max(1, ((alpha > 127) | (truth > 127)).sum()))


def test_a_person_far_away_gains_with_the_model_that_ships() -> None:
    near = portrait()
    far = np.full((1600, 2000, 3), 150, np.uint8)
    small = cv2.resize(near, None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA)
    height, width = small.shape[:2]
    place = Box(300, 1600 - height, 300 + width, 1600)
    with Network(best_model("int8"), "cpu", EngineConfig(threads=1)) as network:
        matter = Matter(network, Matting(steady=0.0))
        truth = cv2.resize(matter(Frame(near, 0, 0.0)).alpha, (width, height), interpolation=cv2.INTER_AREA)
        far[place.slices] = blend(small, np.asarray(truth, np.uint8), far[place.slices])  # the person alone: no poster
        once, twice = (look(Frame(far, 0, 0.0)).alpha for look in (matter, Region(matter)))
    assert iou(twice[place.slices], truth) > iou(once[place.slices], truth) + 0.02  # type: ignore[arg-type]
