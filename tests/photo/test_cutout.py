"""`live_seg.cutout`: what comes in comes out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pillow

import live_seg
from live_seg.frame import Image
from live_seg.photo import Cutter
from live_seg.photo import cutout as module

MIDDLE, CORNER = (120, 160), (1, 1)


@pytest.fixture(autouse=True)
def without_a_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "Cutter", lambda model: Cutter(model, engine="fixed"))
    monkeypatch.setattr(module, "_kept", {})


@pytest.fixture
def image() -> Image:
    return np.random.default_rng(0).integers(60, 200, (240, 320, 3), np.uint8)


def test_an_array_comes_out_as_an_array(image: Image) -> None:
    cut = live_seg.cutout(image)
    assert cut.shape == (240, 320, 4)
    assert (cut[MIDDLE][3], cut[CORNER][3]) == (255, 0)
    assert np.array_equal(cut[MIDDLE][:3], image[MIDDLE])
    assert live_seg.cutout(image, "#00ff00").shape == image.shape


def test_grey_and_bgra_arrays_are_taken(image: Image) -> None:
    assert live_seg.cutout(image[..., 0], "blur").shape == image.shape
    own = np.dstack([image, np.zeros(image.shape[:2], np.uint8)])
    assert not live_seg.cutout(own)[..., 3].any()


def test_a_pillow_picture_comes_out_as_one_with_its_profile(image: Image) -> None:
    picture = Pillow.fromarray(image)
    profile = bytes(16) + b"RGB " + bytes(16) + b"acsp" + bytes(100)
    picture.info["icc_profile"] = profile
    cut = live_seg.cutout(picture)
    assert (cut.mode, cut.size) == ("RGBA", (320, 240))
    assert cut.info["icc_profile"] == profile
    assert np.array_equal(np.asarray(cut)[MIDDLE][:3], image[MIDDLE])
    assert live_seg.cutout(picture, "blur").mode == "RGB"


def test_a_path_comes_out_as_the_path_of_a_file_beside_it(image: Image, tmp_path: Path) -> None:
    file = tmp_path / "me.jpg"
    Pillow.fromarray(image).save(file)
    made = live_seg.cutout(file, crop=True)
    assert made == tmp_path / "me-cutout.png"
    assert live_seg.cutout(str(file)) == str(made)
    with Pillow.open(made) as written:
        assert written.mode == "RGBA"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["me-cutout.png", "me.jpg"]


def test_what_is_transparent_in_a_background_is_white(image: Image) -> None:
    glass = np.zeros((9, 9, 4), np.uint8)
    for background in (glass, Pillow.fromarray(glass)):
        assert tuple(live_seg.cutout(image, background)[CORNER]) == (255, 255, 255)


def test_the_background_may_be_an_array_a_pillow_picture_or_a_path(image: Image, tmp_path: Path) -> None:
    beach = np.full((50, 50, 3), (10, 20, 30), np.uint8)
    picture = Pillow.fromarray(beach[..., ::-1])
    picture.save(tmp_path / "beach.png")
    for background in (beach, picture, tmp_path / "beach.png", str(tmp_path / "beach.png")):
        assert tuple(live_seg.cutout(image, background)[CORNER]) == (10, 20, 30)


def test_one_network_is_kept_from_call_to_call_and_closed_for_another(
    image: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []

    class Told(Cutter):
        def __init__(self, model: str) -> None:
            super().__init__(model, engine="fixed")
            told.append(model)

        def close(self) -> None:
            super().close()
            told.append("closed")

    monkeypatch.setattr(module, "Cutter", Told)
    for model in ("person", "person", "person-int8"):
        live_seg.cutout(image, model=model)
    assert told == ["person", "person-int8", "closed"]
    assert len(module._kept) == 1


@pytest.mark.parametrize(
    "wrong", [np.zeros((4, 4, 3), np.float32), np.zeros((4, 4, 2), np.uint8), np.zeros((0, 4, 3), np.uint8), 5, None]
)
def test_what_is_no_picture_is_said(wrong: Any) -> None:
    with pytest.raises(live_seg.LiveSegError, match="is no picture"):
        live_seg.cutout(wrong)
