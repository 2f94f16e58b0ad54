"""Files that are built to keep a reader busy: known by how many parts they have, before a reader sees them.

Size and pixels alone bound neither time nor memory. A JPEG of 13 megapixels can hold a scan of 28 bytes that goes
through the whole picture, 700,000 times: more than an hour. Of 5 million empty segments Pillow makes objects: 650 MB.
Each of 65,535 tags can have the same 20 MB as its value, and until version 13 Pillow makes a copy for each. A TIFF of
16x16 pixels and 3 MB can lie in one tile of 30,000x30,000: 2.7 GB, unpacked as a whole.
"""

from __future__ import annotations

import io
import math
import re
import struct

MOST_SCANS = 100
"""Of a JPEG; progressive ones have about ten. libtiff stops at as many."""

MOST_PARTS = 1000
"""Segments of a JPEG, chunks of a PNG beside its pixels, blocks of a GIF before its first picture."""

MOST_PIECES = 10_000
"""Of 255 bytes and less, of a GIF's blocks: until version 13 Pillow copies all before for each."""

MOST_NUMBERS = 1_000_000
"""In the directories of a TIFF: where 120 megapixels lie in pieces of 16x16, and how long each piece is."""

MOST_TWICE = 16_000_000
"""Bytes that values of tags may have more than there are: values that lie over each other. Whole files have none."""

MOST_TILE = 16_000_000
"""Pixels of a TIFF's tile that is larger than its picture; usual ones have up to a million."""

_PIECE = 65_536

_MARKER = re.compile(rb"\xff[\x02-\xcf\xd8-\xfe]")
"""What begins a segment of a JPEG, also amidst coded pixels: there a zero or a restart mark follows 0xff."""

_END, _SCAN, _APP1, _EXIF = 0xD9, 0xDA, 0xE1, b"Exif\0\0"

_PIXELS = (b"IDAT", b"fdAT", b"fcTL")

_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
"""Of a value, by its kind (TIFF 6.0, section 2)."""

_RAW = (1, 2, 6, 7)
"""Kinds that stay bytes, and cost what they take in the file."""

_SIDES, _TILE_SIDES = (256, 257), (322, 323)
"""Tags of TIFF 6.0: ImageWidth, ImageLength; TileWidth, TileLength."""

_SUBDIRECTORY = 0x8769
"""EXIF, the one directory below that is read."""


class TooManyParts(ValueError):
    """More than any picture needs."""


def check_structure(stream: io.BufferedIOBase, reader: str) -> None:
    """Refuses a file of more parts than any picture needs; the stream is at its start afterwards.

    Parameters
    ----------
    stream
        A file of the kind that the reader reads; one that is broken passes, the reader will say so.
    reader
        The reader's name in Pillow: "Jpeg", "Png", "Gif", "Tiff"; others take time and memory in proportion to the
        file's bytes and pixels.

    Raises
    ------
    TooManyParts
        If it has.
    """
    check = {"Jpeg": _check_jpeg, "Png": _check_png, "Gif": _check_gif, "Tiff": check_directories}.get(reader)
    try:
        if check:
            check(stream)
    except (struct.error, IndexError):
        pass  # it ends too early
    finally:
        stream.seek(0)


def check_directories(stream: io.BufferedIOBase) -> None:
    """Refuses the directories of tags that a TIFF, or EXIF, begins with, as `check_structure` does."""
    length = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    order = "<" if stream.read(2) == b"II" else ">"
    stream.seek(4)
    below = struct.unpack(f"{order}I", stream.read(4))[0]
    numbers = held = 0
    for _ in range(2):
        stream.seek(below)
        below = 0
        entries = struct.unpack(f"{order}H", stream.read(2))[0]
        entry_bytes = stream.read(12 * entries)
        sides: dict[int, list[int]] = {tag: [] for tag in (*_SIDES, *_TILE_SIDES)}
        for tag, kind, count, value in struct.iter_unpack(f"{order}HHII", entry_bytes[: len(entry_bytes) // 12 * 12]):
            if tag in sides:
                sides[tag].append(_inline(order, kind, value))
            size = _BYTES.get(kind, 0) * count
            if size <= 4 or value + size <= length:  # what lies outside is not read
                held += size
                numbers += count if kind not in _RAW else 0
            _bound(numbers, MOST_NUMBERS, "numbers in its tags")
            _bound(held - length, MOST_TWICE, "bytes of tags over each other")
            below = value if tag == _SUBDIRECTORY else below
        picture = math.prod(min(sides[tag], default=0) + 15 for tag in _SIDES)  # sides of tiles are multiples of 16
        tile = math.prod(max(sides[tag], default=0) for tag in _TILE_SIDES)  # of tags that are there twice libtiff
        _bound(tile if tile > picture else 0, MOST_TILE, "pixels in a tile")  # takes the first, and Pillow the last
        if not below:
            return


def _inline(order: str, kind: int, value: int) -> int:
    """The number in an entry's four bytes; of kinds that have more, which sides never are, one beyond all."""
    bits = 8 * _BYTES.get(kind, 8)
    if bits > 32:
        return 1 << 32
    return value >> (32 - bits) if order == ">" else value & ((1 << bits) - 1)


def _bound(count: int, most: int, what: str) -> None:
    if count > most:
        raise TooManyParts(f"it has more than {most} {what}")


def _check_jpeg(stream: io.BufferedIOBase) -> None:
    segments = scans = 0
    exif = io.BytesIO()
    place = 2
    while found := _next_marker(stream, place):
        kind, place = found
        if kind == _END:  # behind it telephones put films
            break
        segments, scans = segments + 1, scans + (kind == _SCAN)
        _bound(scans, MOST_SCANS, "scans")
        _bound(segments, MOST_PARTS, "segments")
        stream.seek(place)
        length = struct.unpack(">H", stream.read(2))[0]
        place += length
        if kind == _APP1 and stream.read(len(_EXIF)) == _EXIF:
            exif.write(stream.read(max(0, length - 2 - len(_EXIF))))
    if exif.tell():
        check_directories(exif)


def _next_marker(stream: io.BufferedIOBase, place: int) -> tuple[int, int] | None:
    """The next segment's kind, and the place behind its marker; None if there is none."""
    while True:
        stream.seek(place)
        piece = stream.read(_PIECE)
        if found := _MARKER.search(piece):
            return found[0][1], place + found.end()
        if len(piece) < _PIECE:
            return None
        place += len(piece) - 1  # its last byte may begin one


def _check_png(stream: io.BufferedIOBase) -> None:
    chunks = 0
    place = 8
    while True:
        stream.seek(place)
        length, kind = struct.unpack(">I4s", stream.read(8))
        chunks += kind not in _PIXELS
        _bound(chunks, MOST_PARTS, "chunks")
        place += 12 + length


def _check_gif(stream: io.BufferedIOBase) -> None:
    blocks = pieces = 0
    flags = stream.read(13)[10]
    stream.seek(13 + (3 << (flags & 7) + 1 if flags & 0x80 else 0))
    while stream.read(1) == b"!":
        stream.read(1)
        blocks += 1
        _bound(blocks, MOST_PARTS, "blocks")
        while length := stream.read(1)[0]:
            pieces += 1
            _bound(pieces, MOST_PIECES, "pieces of blocks")
            stream.seek(length, io.SEEK_CUR)
