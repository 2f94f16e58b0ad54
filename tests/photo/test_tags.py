"""Of what a file tells of itself only the time goes on."""

from __future__ import annotations

import io

import pytest
from made_photos import content, photo
from PIL import Image as Pillow

from live_seg.photo import read_photo, write_photo
from live_seg.photo.tags import Tags


@pytest.mark.parametrize("text", ["at home, 12 Elm Street", "2026:11:21 16:05", "2026:11:21 16:05:00 at home"])
def test_what_is_no_time_does_not_go_out_as_one(text: str) -> None:
    exif = Pillow.Exif()
    exif[0x0132] = text
    exif[0x8769] = {0x9003: text, 0x9011: text}
    assert read_photo(content(photo(), "JPEG", exif=exif)).tags == Tags()


def test_what_made_the_source_is_not_said_to_have_made_the_result() -> None:
    exif = Pillow.Exif()
    exif[0x0131] = "live-seg 0.1 0123456789abcdef"
    read = read_photo(content(photo(), exif=exif))
    assert read.tags.software == ""
    with Pillow.open(io.BytesIO(write_photo(read, "png"))) as written:
        assert 0x0131 not in written.getexif()
