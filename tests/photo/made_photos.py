"""Picture files for tests, good ones and hostile ones; and how they are run."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image as Pillow


def photo(seed: int = 0, width: int = 64, height: int = 48) -> Pillow.Image:
    """Noise, another for each seed."""
    return Pillow.fromarray(np.random.default_rng(seed).integers(60, 200, (height, width, 3), np.uint8))


def content(image: Pillow.Image, kind: str = "PNG", **options: Any) -> bytes:
    """The picture as a file."""
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def folder_of(folder: Path, count: int) -> Path:
    """A tree with so many good pictures."""
    for number in range(count):
        file = folder / f"day {number % 3}" / f"{number:03d}.jpg"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content(photo(number), "JPEG"))
    return folder


def png_bomb(width: int, height: int) -> bytes:
    """A small file that promises a picture of any size."""
    header = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + _chunk(b"IDAT", zlib.compress(bytes(100_000))) + _chunk(b"IEND", b"")


def webp_bomb() -> bytes:
    """A canvas of 16383x16383 around nothing."""
    inside = b"WEBPVP8X" + struct.pack("<I", 10) + bytes([2, 0, 0, 0]) + (16382).to_bytes(3, "little") * 2
    return b"RIFF" + struct.pack("<I", len(inside)) + inside


def _chunk(name: bytes, inside: bytes) -> bytes:
    return struct.pack(">I", len(inside)) + name + inside + struct.pack(">I", zlib.crc32(name + inside))


def hostile(folder: Path) -> list[str]:
    """Files that cannot be cut, in a folder: their names."""
    whole = content(photo(9, 640, 480), "JPEG")
    files: dict[str, bytes] = {
        "bomb.png": png_bomb(60_000, 60_000),
        "long.png": png_bomb(60_000, 2),
        "canvas.webp": webp_bomb(),
        "zero.jpg": b"",
        "cut short.jpg": whole[: len(whole) // 2],
        "a text.jpg": b"this is a text\n" * 50,
        "postscript.png": b"%!PS-Adobe-3.0 EPSF-3.0\n",
        "two\nlines.jpg": b"\xff\xd8\xff nothing",
        "caf\udce9.png": b"\x89PNG\r\n\x1a\n",
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    (folder / "gone.jpg").symlink_to(folder / "nowhere.jpg")
    return [*files, "gone.jpg"]


def odd(folder: Path) -> list[str]:
    """Files that look strange and are fine: their names."""
    still, other = photo(1), photo(2)
    files = {
        "inks.jpg": content(still.convert("CMYK"), "JPEG"),
        "deep.png": content(Pillow.fromarray(np.full((48, 64), 40_000, np.uint16))),
        "moves.gif": content(still, "GIF", save_all=True, append_images=[other]),
        "moves.webp": content(still, "WEBP", save_all=True, append_images=[other]),
        "moves too.png": content(still, "PNG", save_all=True, append_images=[other]),
        "lies.jpg": content(still, "PNG"),
        "a\nb.jpg": content(still, "JPEG"),
        "na\udcefve.jpg": content(still, "JPEG"),
        f"{'n' * 251}.jpg": content(still, "JPEG"),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return list(files)


def run(*words: object, code: str = "", **options: Any) -> subprocess.CompletedProcess[bytes]:
    """`live-seg photo` in a process of its own, with the stand-in engine; `code` is run in it before."""
    command = f"{code}\nfrom live_seg.cli.main import main\nimport sys\nsys.exit(main(sys.argv[1:]))"
    arguments = ["photo", *map(str, words), "--engine", "fixed"]
    return subprocess.run(
        [sys.executable, "-c", command, *arguments], capture_output=True, timeout=120, check=False, **options
    )
