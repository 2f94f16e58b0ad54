from __future__ import annotations

import gc
import math
import weakref
from pathlib import Path

import cv2
import numpy as np
import pytest
from made_clips import make_clip

from live_seg.config import build
from live_seg.effects.replace import Replace
from live_seg.errors import UsageError
from live_seg.frame import Alpha, Image, Size

SMALL = Size(64, 48)


def replace(background: str | Path) -> Replace:
    return Replace(build({"replace": {"background": str(background)}}))


def scene(size: Size = SMALL) -> tuple[Image, Alpha]:
    image = np.full((size.height, size.width, 3), 200, np.uint8)
    alpha = np.zeros(image.shape[:2], np.uint8)
    alpha[:, : size.width // 2] = 255
    return image, alpha


@pytest.mark.parametrize(("colour", "bgr"), [("#00b140", (64, 177, 0)), ("#fff", (255, 255, 255))])
def test_a_colour_stands_behind_the_person(colour: str, bgr: tuple[int, int, int]) -> None:
    image, alpha = scene()
    picture = replace(colour)(image, alpha)
    assert (picture[:, :32] == 200).all()
    assert (picture[:, 32:] == bgr).all()


def test_a_half_covered_pixel_is_half_of_each() -> None:
    image, alpha = scene()
    alpha[:] = 128
    assert np.abs(replace("#000000")(image, alpha).astype(int) - 100).max() <= 1


def test_a_picture_stands_behind_the_person_and_fills_the_frame(tmp_path: Path) -> None:
    beach = np.zeros((30, 90, 3), np.uint8)
    beach[:, 30:60] = (10, 100, 250)  # what is left of it in a frame of 1:1
    cv2.imwrite(str(tmp_path / "beach.png"), beach)
    image, alpha = scene(Size(60, 60))
    picture = replace(tmp_path / "beach.png")(image, alpha)
    assert (picture[:, :30] == 200).all()
    assert np.abs(picture[:, 30:58].astype(int) - (10, 100, 250)).max() <= 12


@pytest.mark.parametrize("content", [None, b"", b"this is text\n" * 40], ids=["missing", "empty", "text"])
def test_a_file_that_cannot_be_used_is_said_at_the_start(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "beach.png"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(UsageError, match=r"beach\.png"):
        replace(file)


@pytest.mark.parametrize("text", ["#12", "#gggggg", "green"])
def test_what_is_no_colour_and_no_file_is_said_at_the_start(text: str) -> None:
    with pytest.raises(UsageError):
        replace(text)


def test_a_file_waits_for_its_backgrounds_next_picture_and_a_camera_does_not(tmp_path: Path) -> None:
    effect = replace(make_clip(tmp_path / "waves.mp4", 10))
    for lossless, patience_s in ((True, math.inf), (False, 0.0)):
        effect.at(1.5, lossless)
        assert effect._background.patience_s == patience_s


def test_an_effect_that_was_exchanged_is_gone_at_once_and_its_video_with_it(tmp_path: Path) -> None:
    """Not when Python next looks for what holds itself: until then its thread would go on decoding."""
    effect = replace(make_clip(tmp_path / "waves.mp4", 10))
    effect(*scene())
    gc.disable()
    try:
        video = weakref.ref(effect._background)
        del effect
        assert video() is None
    finally:
        gc.enable()
