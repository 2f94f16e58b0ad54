"""What a model takes for persons where nobody is: cut out, it teaches the next one."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from live_seg.errors import UsageError
from live_seg.evaluation.pairs import read_image
from live_seg.evaluation.sheet import contact_sheet, matte_overlay, write_picture
from live_seg.frame import Alpha, Image
from live_seg.training.label import Look
from live_seg.writing import write_whole

_ON_SHEET = 40
_LEAST_PART = 0.005
"""Of the picture's area: a smaller part is a fleck."""

_MARGIN_PX = 8


@dataclass(frozen=True, slots=True)
class Taken:
    """What of a room was taken for persons.

    Attributes
    ----------
    picture
        Its file.
    image
        uint8 (H, W, 3), BGR; None if it cannot be read.
    matte
        The greatest alpha of any look, uint8 (H, W); None if it cannot be read.
    share
        Of the area that is half a person and more, 0..1.
    why
        Why it cannot be read; empty otherwise.
    """

    picture: Path
    image: Image | None
    matte: Alpha | None
    share: float = 0.0
    why: str = ""


def mine(rooms: Iterable[Path], looks: Sequence[Look]) -> Iterator[Taken]:
    """For each room in turn what any of the looks takes for a person.

    Parameters
    ----------
    rooms
        Files of pictures in which nobody is.
    looks
        At least one: the model, and the model at the mirror image.
    """
    for picture in rooms:
        try:
            image = read_image(picture)
        except UsageError as error:
            yield Taken(picture, None, None, why=error.what)
            continue
        matte = np.max([np.array(look(image)) for look in looks], axis=0)
        yield Taken(picture, image, matte, float((matte > 127).mean()))


def cut_outs(image: Image, matte: Alpha) -> Iterator[tuple[Image, Alpha]]:
    """Each connected part of a matte with the picture around it, the largest first.

    Parameters
    ----------
    image, matte
        uint8 (H, W, 3) and (H, W).

    Yields
    ------
    tuple
        Parts of both, uint8 (h, w, 3) and (h, w); the alpha of other parts is 0 there.
    """
    count, labels, about, _ = cv2.connectedComponentsWithStats((matte > 127).astype(np.uint8))
    areas = {number: int(about[number, cv2.CC_STAT_AREA]) for number in range(1, count)}
    for number in sorted(areas, key=lambda one: -areas[one]):
        if areas[number] < _LEAST_PART * matte.size:
            return
        reach = np.ones((2 * _MARGIN_PX + 1,) * 2, np.uint8)
        around = cv2.dilate((labels == number).astype(np.uint8), reach)
        left, top, wide, high = cv2.boundingRect(around)
        part = slice(top, top + high), slice(left, left + wide)
        own = (around[part] > 0) & ((labels[part] == number) | (labels[part] == 0))
        yield image[part], np.where(own, matte[part], 0).astype(np.uint8)


class MinedFolder:
    """Rooms in which somebody was seen, and the cut-outs of what it was, as folders that a training takes.

    `rooms/` for `data.rooms`, `images/` and `masks/` for `data.animals`, `mined.csv` with every room, the worst first.

    Attributes
    ----------
    kept, parts
        Rooms and cut-outs written.
    unreadable
        Rooms that could not be read.

    Parameters
    ----------
    folder
        Is made; must hold nothing yet.
    rooms
        All that will come.
    least
        Share of the area from which on a room is kept, 0..1.
    source
        Put before each name with a dash, so that a training can draw them more or less often.

    Raises
    ------
    UsageError
        If the folder holds something, or two rooms differ only in their folder or ending.
    """

    def __init__(self, folder: Path, rooms: Sequence[Path], least: float, source: str) -> None:
        self.kept = self.parts = self.unreadable = 0
        self._folder = folder.expanduser()
        self._least = least
        self._before = f"{source}-" if source else ""
        self._rows: list[Taken] = []
        self._worst: list[tuple[float, str, Image]] = []
        if self._folder.exists() and (not self._folder.is_dir() or any(self._folder.iterdir())):
            raise UsageError(f"{self._folder} holds something already", "Give a new folder with --out.")
        seen: dict[str, Path] = {}
        for room in rooms:
            if seen.setdefault(room.stem, room) != room:
                raise UsageError(f"{seen[room.stem]} and {room} have the same name", "Rename one.")

    @property
    def mean_share(self) -> float:
        """Of all rooms that could be read, 0..1."""
        shares = [one.share for one in self._rows if not one.why]
        return sum(shares) / len(shares) if shares else 0.0

    def add(self, taken: Taken) -> None:
        """Writes a room and its cut-outs if enough of it was taken for persons; lists it in any case.

        Raises
        ------
        UsageError
            If that fails.
        """
        self._rows.append(Taken(taken.picture, None, None, taken.share, taken.why))
        if taken.image is None or taken.matte is None:
            self.unreadable += 1
            return
        if taken.share < self._least or not taken.share:
            return
        stem = f"{self._before}{taken.picture.stem}"
        self._write("rooms", stem, taken.image)
        for number, (image, alpha) in enumerate(cut_outs(taken.image, taken.matte)):
            self._write("images", f"{stem}-{number}", image)
            self._write("masks", f"{stem}-{number}", alpha)
            self.parts += 1
        self.kept += 1
        self._worst.append((taken.share, stem, matte_overlay(taken.image, taken.matte)))
        self._worst = sorted(self._worst, key=lambda one: -one[0])[:_ON_SHEET]

    def finish(self, sheet: Path | None = None) -> Path:
        """Writes `mined.csv` and a contact sheet of the worst rooms; gives the list's file.

        Raises
        ------
        UsageError
            If that fails.
        """
        listing = self._folder / "mined.csv"
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(["room", "share", "why_not"])
        for one in sorted(self._rows, key=lambda one: (-one.share, one.picture.name)):
            writer.writerow([one.picture.name, f"{one.share:.4f}", one.why])
        write_whole(listing, text.getvalue().encode(errors="surrogateescape"))
        if sheet and self._worst:
            tiles = [(f"{share:.0%} {name}", overlay) for share, name, overlay in self._worst]
            write_picture(contact_sheet(tiles, columns=8), sheet)
        return listing

    def _write(self, part: str, stem: str, pixels: Image | Alpha) -> None:
        ok, content = cv2.imencode(".png", pixels)
        assert ok
        write_whole(self._folder / part / f"{stem}.png", content.tobytes())
