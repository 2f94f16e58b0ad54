"""Writes what was mined as folders that a training takes: rooms, cut-outs, and a list of every room."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from live_seg.evaluation.sheet import contact_sheet, matte_overlay, write_picture
from live_seg.frame import Image
from live_seg.training.mine import Taken, cut_outs
from live_seg.training.new_folder import ON_SHEET, NewFolder


class MinedFolder:
    """Rooms in which somebody was seen, and the cut-outs of what it was.

    `rooms/` for `data.rooms`, `images/` and `masks/` for `data.animals`, `mined.csv` with every room, the worst first.

    Attributes
    ----------
    kept, parts
        Rooms and cut-outs written.

    Parameters
    ----------
    folder
        Is made; must hold nothing yet.
    rooms
        All that will come.
    least
        Share of the area from which on a room is kept, 0..1.
    source
        Put before each name with a dash, so that a training can draw them more or less often; empty for none.

    Raises
    ------
    UsageError
        If the folder holds something, or two rooms differ only in their folder or ending.
    """

    def __init__(self, folder: Path, rooms: Sequence[Path], least: float, source: str = "") -> None:
        self.kept = self.parts = 0
        self._folder = NewFolder(folder, rooms, source)
        self._least = least
        self._shares: list[float] = []
        self._rows: list[tuple[float, str, str]] = []
        self._worst: list[tuple[float, str, Image]] = []

    @property
    def read(self) -> int:
        """Rooms that could be read."""
        return len(self._shares)

    @property
    def unreadable(self) -> int:
        """Rooms that could not be."""
        return len(self._rows) - self.read

    @property
    def mean_share(self) -> float:
        """What was taken for persons of the rooms that could be read, 0..1."""
        return sum(self._shares) / self.read if self.read else 0.0

    def add(self, taken: Taken) -> None:
        """Takes a room as it is and its cut-outs if enough of it was taken for persons; lists it in any case.

        Raises
        ------
        UsageError
            If that fails.
        """
        picture = taken.picture
        self._rows.append((taken.share, picture.name, taken.why))
        if taken.image is None or taken.matte is None:
            return
        self._shares.append(taken.share)
        if taken.share < self._least or not taken.share:
            return
        self._folder.copy("rooms", picture)
        for number, (image, alpha) in enumerate(cut_outs(taken.image, taken.matte)):
            self._folder.write("images", f"{picture.stem}-{number}", image)
            self._folder.write("masks", f"{picture.stem}-{number}", alpha)
            self.parts += 1
        self.kept += 1
        self._worst.append((taken.share, picture.stem, matte_overlay(taken.image, taken.matte)))
        self._worst = sorted(self._worst, key=lambda one: -one[0])[:ON_SHEET]

    def finish(self, sheet: Path | None = None) -> Path:
        """Writes `mined.csv` and a contact sheet of the worst rooms; gives the list's file.

        Raises
        ------
        UsageError
            If that fails.
        """
        self._rows.sort(key=lambda row: (-row[0], row[1]))
        rows = ([name, f"{share:.4f}", why] for share, name, why in self._rows)
        listing = self._folder.write_list("mined.csv", ["room", "share", "why_not"], rows)
        if sheet and self._worst:
            tiles = [(f"{share:.0%} {name}", overlay) for share, name, overlay in self._worst]
            write_picture(contact_sheet(tiles, columns=8), sheet)
        return listing
