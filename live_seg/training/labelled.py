"""Writes labelled pictures as a data set that trains: `images/`, `masks/`, and a list of what became of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import numpy as np

from live_seg.training.label import Label
from live_seg.training.new_folder import ON_SHEET, NewFolder, write_overlays


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

    def __init__(self, folder: Path, pictures: Sequence[Path], source: str = "") -> None:
        self.kept = 0
        self.skipped: Counter[str] = Counter()
        self._folder = NewFolder(folder, pictures, source)
        self._rows: list[list[str]] = []
        self._written: list[tuple[Path, Path]] = []

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
        image = self._folder.copy("images", label.picture)
        mask = self._folder.write("masks", label.picture.stem, label.matte)
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
        self._rows.sort(key=lambda row: (not row[3], row[1], row[0]))
        listing = self._folder.write_list("labels.csv", ["picture", "agreement", "share", "why_not"], self._rows)
        if sheet and self._written:
            at = np.unique(np.linspace(0, self.kept - 1, min(ON_SHEET, self.kept)).round().astype(int)).tolist()
            some = (self._written[i] for i in at)
            write_overlays(((image.stem, image, mask) for image, mask in some), sheet)
        return listing
