"""`live-seg photo` as the tests run it, and what it left."""

from __future__ import annotations

from pathlib import Path

from PIL import Image as Pillow

from live_seg.cli.main import main

FIXED = ["--engine", "fixed"]


def photo_command(*words: object) -> int:
    return main(["photo", *map(str, words), *FIXED])


def files_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir())


def opened(file: Path) -> Pillow.Image:
    with Pillow.open(file) as picture:
        picture.load()
    return picture
