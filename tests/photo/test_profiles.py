"""What stands behind a photo has its colours told in the photo's own profile; the engine is the stand-in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import ImageCms

from live_seg.frame import Image
from live_seg.photo import Cutter, Photo, Request, write_photo
from live_seg.photo.colours import in_profile

CORNER = (2, 2)
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
SWAPPED = SRGB.replace(b"rXYZ", b"temp").replace(b"gXYZ", b"rXYZ").replace(b"temp", b"gXYZ")
"""A profile that calls green what sRGB calls red."""


@pytest.fixture(scope="module")
def cutter() -> Iterator[Cutter]:
    with Cutter(engine="fixed") as made:
        yield made


@pytest.fixture
def grey() -> Image:
    return np.full((120, 160, 3), 128, np.uint8)


def behind(cutter: Cutter, photo: Photo, background: str | Image) -> tuple[int, ...]:
    return tuple(cutter(photo, Request(background)).image[CORNER].tolist())


def test_a_colour_is_told_in_the_photos_profile(cutter: Cutter, grey: Image) -> None:
    assert behind(cutter, Photo(grey, profile=SWAPPED), "#ff0000") == pytest.approx((0, 255, 0), abs=2)
    assert behind(cutter, Photo(grey), "#ff0000") == (0, 0, 255)


def test_a_picture_with_another_profile_keeps_its_look(cutter: Cutter, grey: Image, tmp_path: Path) -> None:
    seen_as_red = Photo(np.full((30, 40, 3), (0, 255, 0), np.uint8), profile=SWAPPED)
    (tmp_path / "red.png").write_bytes(write_photo(seen_as_red, "png"))
    file = str(tmp_path / "red.png")
    assert behind(cutter, Photo(grey), file) == pytest.approx((0, 0, 255), abs=2)
    assert behind(cutter, Photo(grey, profile=SWAPPED), file) == (0, 255, 0)


def test_an_array_is_srgb(cutter: Cutter, grey: Image) -> None:
    red = np.full((30, 40, 3), (0, 0, 255), np.uint8)
    assert behind(cutter, Photo(grey, profile=SWAPPED), red) == pytest.approx((0, 255, 0), abs=2)


def test_the_subject_keeps_its_numbers(cutter: Cutter, grey: Image) -> None:
    made = cutter(Photo(grey, profile=SWAPPED), Request("#ff0000"))
    assert made.profile == SWAPPED
    assert made.image[60, 80].tolist() == [128, 128, 128]


def test_one_of_the_many_profiles_of_srgb_changes_no_number(grey: Image) -> None:
    other = SRGB[:24] + bytes(12) + SRGB[36:]  # made on no day
    assert in_profile(grey, None, other) is grey


@pytest.mark.parametrize("broken", [b"colours", SRGB[:-200], bytes(200)])
def test_a_broken_profile_leaves_the_numbers_as_they_are(cutter: Cutter, grey: Image, broken: bytes) -> None:
    assert behind(cutter, Photo(grey, profile=broken), "#00b140") == (64, 177, 0)


def test_a_tall_picture_is_changed_whole() -> None:
    tall = np.full((1000, 3, 3), (0, 0, 255), np.uint8)
    assert (in_profile(tall, None, SWAPPED)[:, :, 1] > 250).all()
