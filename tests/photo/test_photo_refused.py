"""What is no picture, is broken or is too large is refused in one line."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from made_photos import content, photo, png_bomb

from live_seg.errors import UsageError
from live_seg.photo import Limits, TooLarge, Unreadable, read_photo


@pytest.mark.parametrize(
    "source", [(60_000, 60_000), (60_000, 2), (2, 60_000), (20_000, 20_000), (2**31 - 1, 2**31 - 1)], ids=str
)
def test_a_picture_over_the_limits_is_refused_by_its_header(source: tuple[int, int]) -> None:
    with pytest.raises(TooLarge, match="allowed"):
        read_photo(png_bomb(*source))


def test_a_header_that_promises_more_than_there_is_is_a_broken_file() -> None:
    with pytest.raises(Unreadable, match="is broken"):
        read_photo(png_bomb(2000, 2000))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF", "GIF", "BMP", "AVIF", "PPM"])
def test_a_file_cut_short_anywhere_is_one_clear_line(kind: str) -> None:
    data = content(photo(0, 160, 96), kind)
    for length in [*range(0, 64), *range(64, len(data) - 60, max(1, len(data) // 40))]:
        try:
            read_photo(data[:length])
        except Unreadable as error:
            assert "\n" not in str(error)


@pytest.mark.parametrize("data", [b"", b"this is a text\n" * 9, b"\0" * 999, b"%!PS-Adobe-3.0 EPSF-3.0\n"])
def test_what_is_no_picture_is_said(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "photo.jpg"
    file.write_bytes(data)
    for source in (data, file):
        with pytest.raises(UsageError) as caught:
            read_photo(source)
        assert "\n" not in str(caught.value)


def test_the_content_counts_and_not_the_suffix(tmp_path: Path) -> None:
    file = tmp_path / "photo.jpg"
    file.write_bytes(content(photo()))
    assert np.array_equal(read_photo(file).image, np.asarray(photo())[..., ::-1])


def test_a_file_of_too_many_bytes_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "huge.png"
    with file.open("wb") as stream:
        stream.truncate(10**12)
    with pytest.raises(TooLarge, match="300 MB are allowed"):
        read_photo(file)
    with pytest.raises(TooLarge):
        read_photo(content(photo()), Limits(bytes=10))


@pytest.mark.parametrize("name", ["two\nlines.png", "bell\a.png", "caf\udce9.png"])
def test_a_strange_name_is_printable_and_in_one_line(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_bytes(b"no picture")
    with pytest.raises(Unreadable) as caught:
        read_photo(file)
    assert str(caught.value).isprintable()
    file.write_bytes(content(photo()))
    assert read_photo(file).size == (64, 48)


def test_a_pipe_or_device_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    for path in (tmp_path / "pipe.png", Path("/dev/zero")):
        with pytest.raises(UsageError, match="is no file"):
            read_photo(path)
