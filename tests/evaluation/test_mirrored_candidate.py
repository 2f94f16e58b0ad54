"""Anything can be measured on mirror images."""

from __future__ import annotations

import numpy as np
import pytest

from live_seg.config import Config
from live_seg.errors import UsageError
from live_seg.evaluation.candidate import MirroredCandidate, find_candidates, single_looks
from live_seg.frame import Alpha, Image


class LeftThird:
    """Takes the left third for the person, whatever is there."""

    name = "left"

    def __init__(self) -> None:
        self.shown: list[Image] = []
        self.calls: list[str] = []

    def still(self, image: Image) -> Alpha:
        self.shown.append(image)
        matte = np.zeros(image.shape[:2], np.uint8)
        matte[:, : image.shape[1] // 3] = 255
        return matte

    frame = still

    def reset(self) -> None:
        self.calls.append("reset")

    def close(self) -> None:
        self.calls.append("close")


@pytest.mark.parametrize("way", ["still", "frame"])
def test_it_shows_mirror_images_and_gives_mattes_of_the_picture(way: str) -> None:
    inner = LeftThird()
    mirrored = MirroredCandidate(inner)
    image = np.arange(2 * 9 * 3, dtype=np.uint8).reshape(2, 9, 3)
    matte = getattr(mirrored, way)(image)
    assert np.array_equal(inner.shown[0], image[:, ::-1]) and mirrored.name == "mirrored:left"
    assert (matte[:, 6:] == 255).all() and not matte[:, :6].any()
    mirrored.reset()
    mirrored.close()
    assert inner.calls == ["reset", "close"]


def test_it_is_named_before_any_other() -> None:
    (found,) = find_candidates(["mirrored:person-int8"], Config())
    try:
        assert found.name == "mirrored:person-int8"
        assert found.still(np.full((96, 128, 3), 120, np.uint8)).shape == (96, 128)
    finally:
        found.close()


def test_a_photo_is_looked_at_from_both_sides_anyway() -> None:
    with pytest.raises(UsageError, match=r"both sides\. Give mirrored:person"):
        find_candidates(["mirrored:photo:person"], Config())


@pytest.mark.parametrize(
    ("name", "looks"),
    [
        ("photo:person", ["person", "mirrored:person"]),
        ("person", ["mirrored:person"]),
        ("a.json", ["mirrored:a.json"]),
        ("mirrored:a.json", ["a.json"]),
    ],
)
def test_single_looks(name: str, looks: list[str]) -> None:
    assert single_looks(name) == looks
