"""Writes pairs anew with the borders of their masks decided by the pictures' colours."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Self

import numpy as np

from live_seg.errors import UsageError
from live_seg.evaluation.measure import Skipped, load_checked
from live_seg.evaluation.pairs import Pair
from live_seg.evaluation.trimap import TrimapPair
from live_seg.training.closed_form import solved, with_solved_border
from live_seg.training.new_folder import ON_SHEET, NewFolder, write_overlays


class ResolvedFolder:
    """`images/` as they are, `masks/` with solved borders, and `solved.csv` with how much of each mask moved.

    Attributes
    ----------
    kept
        Pairs written.
    skipped
        Those that cannot be used.

    Parameters
    ----------
    folder
        Is made; must hold nothing yet.
    samples
        All that will come.

    Raises
    ------
    UsageError
        If the folder holds something, or two pictures have one name.
    """

    def __init__(self, folder: Path, samples: Sequence[Pair | TrimapPair]) -> None:
        self.kept = 0
        self.skipped: list[Skipped] = []
        self._folder = NewFolder(folder, [_file(sample) for sample in samples])
        self._moved: list[tuple[float, str, Path, Path]] = []

    def add(self, sample: Pair | TrimapPair) -> Self:
        """Writes a pair, or notes why it cannot be used.

        Raises
        ------
        UsageError
            If writing fails.
        """
        try:
            image, mask = load_checked(sample)
        except UsageError as error:
            self.skipped.append(Skipped(sample.name, error.what))
            return self
        found = solved(image, mask) if isinstance(sample, TrimapPair) else with_solved_border(image, mask)
        moved = float(np.abs(found.astype(np.float32) - mask).sum() / np.sum(mask, dtype=np.float64))
        picture = self._folder.copy("images", _file(sample))
        self._moved.append((moved, sample.name, picture, self._folder.write("masks", sample.name, found)))
        self.kept += 1
        return self

    def finish(self, sheet: Path | None = None) -> Path:
        """Writes `solved.csv`, the most changed first, and a contact sheet of these; gives the list's file.

        Raises
        ------
        UsageError
            If that fails.
        """
        self._moved.sort(key=lambda row: (-row[0], row[1]))
        rows = [[name, f"{moved:.4f}"] for moved, name, _, _ in self._moved]
        listing = self._folder.write_list("solved.csv", ["picture", "moved"], rows)
        if sheet and self._moved:
            worst = self._moved[:ON_SHEET]
            write_overlays(((f"{name} {moved:.0%}", picture, mask) for moved, name, picture, mask in worst), sheet)
        return listing


def _file(sample: Pair | TrimapPair) -> Path:
    return sample.pair.image if isinstance(sample, TrimapPair) else sample.image
