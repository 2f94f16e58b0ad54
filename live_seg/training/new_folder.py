"""A folder that is made of a user's pictures: named alike, written whole, with a list of what became of each."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

import cv2

from live_seg.errors import UsageError
from live_seg.evaluation.pairs import read_alpha, read_image
from live_seg.evaluation.sheet import contact_sheet, matte_overlay, write_picture
from live_seg.frame import Alpha, Image
from live_seg.writing import write_whole

ON_SHEET = 40
"""Pictures that a contact sheet of it shows."""


class NewFolder:
    """Takes pictures, and what was made of them, into its parts (`images/`, `masks/`, ...).

    Parameters
    ----------
    folder
        Is made; must hold nothing yet.
    pictures
        All that will come.
    source
        Put before each name with a dash, so that a training can draw them more or less often; empty for none.

    Raises
    ------
    UsageError
        If the folder holds something, or two pictures differ only in their folder or ending: a mask has one name.
    """

    def __init__(self, folder: Path, pictures: Sequence[Path], source: str = "") -> None:
        self._folder = folder.expanduser()
        self._before = f"{source}-" if source else ""
        if self._folder.exists() and (not self._folder.is_dir() or any(self._folder.iterdir())):
            raise UsageError(f"{self._folder} holds something already", "Give a new folder with --out.")
        seen: dict[str, Path] = {}
        for picture in pictures:
            if seen.setdefault(picture.stem, picture) != picture:
                raise UsageError(
                    f"{seen[picture.stem]} and {picture} would have the same name here",
                    "Rename one, or give it a folder of its own.",
                )

    def copy(self, part: str, picture: Path) -> Path:
        """Takes a picture byte for byte; gives the new file.

        Raises
        ------
        UsageError
            If that fails.
        """
        try:
            content = picture.read_bytes()
        except OSError as error:
            raise UsageError(f"{picture} cannot be read: {error.strerror}") from None
        file = self._folder / part / f"{self._before}{picture.name}"
        write_whole(file, content)
        return file

    def write(self, part: str, stem: str, pixels: Image | Alpha) -> Path:
        """Writes what was made of the picture of that stem as a PNG; gives the file.

        Raises
        ------
        UsageError
            If that fails.
        """
        ok, content = cv2.imencode(".png", pixels)
        assert ok
        file = self._folder / part / f"{self._before}{stem}.png"
        write_whole(file, content.tobytes())
        return file

    def write_list(self, name: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Path:
        """Writes a CSV of that name; gives the file.

        Raises
        ------
        UsageError
            If that fails.
        """
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(columns)
        writer.writerows(rows)
        file = self._folder / name
        write_whole(file, text.getvalue().encode(errors="surrogateescape"))
        return file


def write_overlays(files: Iterable[tuple[str, Path, Path]], sheet: Path) -> None:
    """Writes a contact sheet of pictures and their mattes: each its caption and the two files.

    Raises
    ------
    UsageError
        If that fails.
    """
    tiles = ((name, matte_overlay(read_image(picture), read_alpha(mask))) for name, picture, mask in files)
    write_picture(contact_sheet(tiles, columns=8), sheet)
