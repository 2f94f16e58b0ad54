"""Writes labelled pictures as a data set that trains: `images/`, `masks/`, and a list of what became of each."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path
from typing import Self

import cv2
import numpy as np

from live_seg.errors import UsageError
from live_seg.evaluation.pairs import read_alpha, read_image
from live_seg.evaluation.sheet import contact_sheet, matte_overlay, write_picture
from live_seg.training.label import Label
from live_seg.writing import write_whole

_ON_SHEET = 40


class LabelledFolder:
    """The pictures that have a matte now, and those that need a person to look at them.

    Attributes
    ----------
    kept
        Pictures written.
    skipped
        How many were not, by the reason without its figures.

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

    def __init__(self, folder: Path, pictures: list[Path], source: str = "") -> None:
        self.kept = 0
        self.skipped: Counter[str] = Counter()
        self._folder = folder.expanduser()
        self._before = f"{source}-" if source else ""
        self._rows: list[list[str]] = []
        self._written: list[tuple[Path, Path]] = []
        if self._folder.exists() and (not self._folder.is_dir() or any(self._folder.iterdir())):
            raise UsageError(f"{self._folder} holds something already", "Give a new folder with --out.")
        seen: dict[str, Path] = {}
        for picture in pictures:
            if seen.setdefault(picture.stem, picture) != picture:
                raise UsageError(
                    f"{seen[picture.stem]} and {picture} would have the same mask", "Rename one, or label it elsewhere."
                )

    def add(self, label: Label) -> Self:
        """Writes a picture as it is and its matte, or notes why there is none.

        Raises
        ------
        UsageError
            If that fails.
        """
        self._rows.append([label.picture.name, f"{label.agreement:.4f}", f"{label.share:.4f}", label.why])
        if label.matte is None:
            self.skipped[label.why.split(":", 1)[0] if label.share else label.why] += 1
            return self
        image = self._folder / "images" / f"{self._before}{label.picture.name}"
        mask = self._folder / "masks" / f"{self._before}{label.picture.stem}.png"
        ok, content = cv2.imencode(".png", label.matte)
        assert ok
        write_whole(image, _content(label.picture))
        write_whole(mask, content.tobytes())
        self._written.append((image, mask))
        self.kept += 1
        return self

    def finish(self, sheet: Path | None = None) -> Path:
        """Writes `labels.csv`, those that need a look first, and a contact sheet of some mattes; gives the list's file.

        Raises
        ------
        UsageError
            If that fails.
        """
        listing = self._folder / "labels.csv"
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(["picture", "agreement", "share", "why_not"])
        self._rows.sort(key=lambda row: (not row[3], row[1], row[0]))
        writer.writerows(self._rows)
        write_whole(listing, text.getvalue().encode(errors="surrogateescape"))
        if sheet and self._written:
            at = np.unique(np.linspace(0, self.kept - 1, min(_ON_SHEET, self.kept)).round().astype(int)).tolist()
            some = (self._written[i] for i in at)
            tiles = ((image.stem, matte_overlay(read_image(image), read_alpha(mask))) for image, mask in some)
            write_picture(contact_sheet(tiles, columns=8), sheet)
        return listing


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from None
