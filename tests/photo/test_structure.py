"""Files that are built to keep a reader busy are refused before a reader sees them; whole ones pass."""

from __future__ import annotations

import io
import math
import re
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from made_photos import content, photo
from PIL import Image as Pillow

from live_seg.photo import Unreadable, read_photo
from live_seg.photo.structure import MOST_PARTS, MOST_SCANS, TooManyParts, check_structure

JPEG, PNG, GIF = (content(photo(), kind) for kind in ("JPEG", "PNG", "GIF"))
PROGRESSIVE = content(photo(), "JPEG", progressive=True)


def scans(count: int) -> bytes:
    """A progressive JPEG with so many scans: the last is there again and again."""
    begin = PROGRESSIVE.rindex(b"\xff\xda")
    own = len(re.findall(rb"\xff\xda", PROGRESSIVE))
    return PROGRESSIVE[:-2] + PROGRESSIVE[begin:-2] * (count - own) + PROGRESSIVE[-2:]


def segments(count: int) -> bytes:
    return JPEG[:2] + b"\xff\xe4\x00\x02" * count + JPEG[2:]


def chunk(name: bytes, inside: bytes) -> bytes:
    return struct.pack(">I", len(inside)) + name + inside + struct.pack(">I", zlib.crc32(name + inside))


def chunks(count: int) -> bytes:
    return PNG[:33] + chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(1000))) * count + PNG[33:]


def pixels_in_pieces(count: int) -> bytes:
    """As many encoders write them, 8 kB a piece."""
    image = photo(0, 200, 200)
    pixels = zlib.compress(b"".join(b"\0" + line.tobytes() for line in np.asarray(image)), 0)
    size = -(-len(pixels) // count)
    parts = b"".join(chunk(b"IDAT", pixels[begin : begin + size]) for begin in range(0, len(pixels), size))
    return content(image)[:33] + parts + chunk(b"IEND", b"")


def blocks(count: int, pieces: int = 1) -> bytes:
    begin = GIF.index(b",", 13)
    return GIF[:begin] + (b"!\xfe" + b"\1c" * pieces + b"\0") * count + GIF[begin:]


def tags(*entries: tuple[int, int, int, int], behind: bytes = b"") -> bytes:
    """A directory of tags (number, kind, count, value), and what lies behind it."""
    listed = b"".join(struct.pack("<HHII", *entry) for entry in sorted(entries))
    return b"II*\0\x08\0\0\0" + struct.pack("<H", len(entries)) + listed + bytes(4) + behind


def over_each_other(count: int, size: int) -> bytes:
    """So many tags with the same bytes as their value."""
    place = 8 + 2 + 12 * count + 4
    return tags(*((40_000 + number, 7, size, place) for number in range(count)), behind=bytes(size))


def exif(data: bytes) -> bytes:
    inside = b"Exif\0\0" + data
    return JPEG[:2] + b"\xff\xe1" + struct.pack(">H", len(inside) + 2) + inside + JPEG[2:]


def tiled(tile: tuple[int, int], order: str = "<", kind: int = 4, twice: bool = False) -> bytes:
    """A TIFF of 16x16 pixels in one tile of that size."""
    kinds = {3: "HH", 4: "I", 16: "I"}
    pixels = zlib.compress(bytes(3 * tile[0] * tile[1]) if math.prod(tile) < 10**7 else b"")
    sides = [(322, tile[0]), (323, tile[1])]
    sides += [(322, 16), (323, 16)] * twice
    behind = 8 + 2 + 12 * (9 + len(sides)) + 4
    plain = [(256, 16), (257, 16), (259, 8), (262, 2), (277, 3), (284, 1), (324, behind + 6), (325, len(pixels))]
    listed = [(258, struct.pack(f"{order}HHII", 258, 3, 3, behind))]
    for tag, value in plain:
        listed.append((tag, struct.pack(f"{order}HHII", tag, 4, 1, value)))
    for tag, value in sides:
        numbers = (value, 0) if kind == 3 else (value,)
        listed.append((tag, struct.pack(f"{order}HHI{kinds[kind]}", tag, kind, 1, *numbers)))
    entries = b"".join(entry for _, entry in sorted(listed, key=lambda one: one[0]))
    start = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}IH", 8, len(listed))
    return start + entries + bytes(4) + struct.pack(f"{order}3H", 8, 8, 8) + pixels


STRIPS = 600_000
OF_NUMBERS = tags((273, 4, STRIPS, 38), (279, 4, STRIPS, 38), behind=bytes(4 * STRIPS))
BELOW = tags((0x8769, 4, 1, 26), behind=tags((0x9003, 3, 1_200_000, 30), behind=bytes(2_400_004))[8:])


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (scans(MOST_SCANS + 1), "100 scans"),
        (segments(MOST_PARTS), "1000 segments"),
        (chunks(MOST_PARTS), "1000 chunks"),
        (blocks(MOST_PARTS + 1), "1000 blocks"),
        (blocks(1, 10_001), "10000 pieces"),
        (OF_NUMBERS, "1000000 numbers"),
        (BELOW, "1000000 numbers"),
        (over_each_other(20, 1_000_000), "bytes of tags over each other"),
        (exif(over_each_other(1000, 40_000)), "bytes of tags over each other"),
        (tiled((20_000, 20_000)), "16000000 pixels in a tile"),
        (tiled((20_000, 20_000), ">", 3), "16000000 pixels in a tile"),
        (tiled((20_000, 20_000), twice=True), "16000000 pixels in a tile"),
        (tiled((16, 16), kind=16), "16000000 pixels in a tile"),
    ],
    ids=[
        *("scans", "segments", "chunks", "blocks", "pieces", "numbers", "below", "tiff", "exif"),
        *("tile", "tile of shorts", "tile twice", "tile of another kind"),
    ],
)
def test_a_file_of_too_many_parts_is_refused_unread(data: bytes, what: str) -> None:
    with pytest.raises(Unreadable, match=f"is broken: it has more than .*{what}"):
        read_photo(data)


@pytest.mark.parametrize(
    "data",
    [PROGRESSIVE, scans(MOST_SCANS), segments(900), chunks(900), blocks(900), blocks(1, 9000)],
    ids=["progressive", "scans", "segments", "chunks", "blocks", "pieces"],
)
def test_what_is_only_unusual_is_read(data: bytes) -> None:
    assert read_photo(data).size == (64, 48)


@pytest.mark.parametrize(("order", "kind"), [("<", 3), ("<", 4), (">", 3), (">", 4)])
def test_a_tile_may_be_larger_than_its_picture(order: str, kind: int) -> None:
    assert read_photo(tiled((512, 256), order, kind)).size == (16, 16)


def test_a_large_picture_may_lie_in_one_tile() -> None:
    data = tags((256, 4, 1, 4097), (257, 4, 1, 4097), (322, 4, 1, 4112), (323, 4, 1, 4112))
    check_structure(io.BytesIO(data), "Tiff")


def test_a_large_png_has_its_pixels_in_many_pieces() -> None:
    data = pixels_in_pieces(2 * MOST_PARTS)
    assert data.count(b"IDAT") > 1.9 * MOST_PARTS
    assert np.array_equal(read_photo(data).image, np.asarray(photo(0, 200, 200))[..., ::-1])


def test_what_looks_like_scans_amidst_pixels_previews_and_films_does_not_count() -> None:
    preview = b"Exif\0\0" + b"\xff\xda\x00\x02" * 2000
    data = (
        JPEG[:2] + b"\xff\xe1" + struct.pack(">H", len(preview) + 2) + preview + JPEG[2:] + b"\xff\xda\x00\x02" * 2000
    )
    assert read_photo(data).size == (64, 48)


@pytest.mark.filterwarnings("ignore")  # Pillow's; as errors they would keep the tags from being read
@pytest.mark.parametrize(("count", "taken"), [(1, "2026:11:21 16:05:00"), (20, "")])
def test_tags_over_each_other_in_a_png_are_not_read_and_the_picture_is(count: int, taken: str) -> None:
    place = 8 + 2 + 12 * (count + 1) + 4
    others = ((40_000 + number, 7, 1_000_000, place) for number in range(count))
    directory = tags((0x0132, 2, 20, place), *others, behind=b"2026:11:21 16:05:00\0".ljust(1_000_000, b"\0"))
    data = PNG[:33] + chunk(b"eXIf", directory) + PNG[33:]
    assert read_photo(data).tags.taken == taken


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "TIFF"])
def test_every_beginning_of_a_file_passes_or_is_refused_and_is_at_its_start_again(kind: str) -> None:
    options: dict[str, Any] = {"exif": Pillow.Exif()} if kind != "GIF" else {}
    data = content(photo(), kind, **options)
    for length in range(0, len(data), 7):
        stream = io.BytesIO(data[:length])
        try:
            check_structure(stream, kind.capitalize())
        except TooManyParts:
            raise AssertionError(f"a whole {kind} of {length} bytes was refused") from None
        assert stream.tell() == 0
