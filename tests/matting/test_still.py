"""A still picture is looked at from both sides, without a past, and finished at its own size."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import cv2
import numpy as np
import pytest

from live_seg.engines import Blob
from live_seg.frame import Alpha, Frame, Image, Size
from live_seg.matting.still import StillMatter
from live_seg.models import Model, Network


class Light:
    """Takes what is light for the subject; keeps what it was shown."""

    model = Model("light", Path("none.onnx"), "fp32")

    def __init__(self) -> None:
        self.shown: list[Blob] = []
        self.closed = 0

    def input_size(self, frame: Size) -> Size:
        return Size(96, 64)

    def __call__(self, blob: Blob) -> Blob:
        self.shown.append(blob.copy())
        return np.asarray(cv2.GaussianBlur(np.clip(4 * blob[0, 0], -6, 6), (0, 0), 1.5))[None, None]

    def close(self) -> None:
        self.closed += 1


def disc(size: Size) -> tuple[Image, Alpha]:
    alpha = np.zeros((size.height, size.width), np.uint8)
    cv2.circle(alpha, (round(0.4 * size.width), size.height // 2), int(0.45 * size.height), 255, cv2.FILLED)
    return np.where(alpha[..., None] > 0, np.uint8(220), np.uint8(30)).repeat(3, axis=2), alpha


@pytest.fixture
def network() -> Light:
    return Light()


@pytest.fixture
def matter(network: Light) -> StillMatter:
    return StillMatter(cast(Network, network))


def test_the_second_look_is_at_the_mirror_image(network: Light, matter: StillMatter) -> None:
    image, alpha = disc(Size(120, 80))
    matte = matter(Frame(image, 0, 0.0))
    assert len(network.shown) == 2
    assert np.abs(network.shown[1][..., ::-1] - network.shown[0]).max() < 0.1
    assert np.abs(matte.alpha.astype(int) - alpha).mean() < 8


def test_a_picture_has_no_past(network: Light, matter: StillMatter) -> None:
    image = disc(Size(120, 80))[0] // 2 + 30
    first = matter(Frame(image, 0, 0.0)).alpha
    matter(Frame(image + 6, 0, 0.0))  # nearly the same: a camera's next frame would be averaged with it
    assert np.array_equal(matter(Frame(image, 0, 0.0)).alpha, first)


def test_the_edges_of_a_large_picture_are_its_own(matter: StillMatter) -> None:
    """What the network saw, enlarged, is soft over a dozen pixels."""
    image, alpha = disc(Size(1200, 800))
    assert np.abs(matter(Frame(image, 0, 0.0)).alpha.astype(int) - alpha).mean() < 1


def test_it_closes_its_network(network: Light, matter: StillMatter) -> None:
    matter.close()
    assert network.closed == 1
