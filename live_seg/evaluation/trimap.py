"""Oxford-IIIT Pet: pictures of cats and dogs, each with a trimap, and the official lists of the two parts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from live_seg.errors import UsageError
from live_seg.evaluation.pairs import PICTURES, Pair, read_alpha, read_image
from live_seg.frame import Alpha, Image

UNKNOWN = 128
"""Alpha of a pixel of which nobody knows whose it is."""

_ALPHA = np.zeros(256, np.uint8)
_ALPHA[1], _ALPHA[3] = 255, UNKNOWN  # 1 pet, 2 background, 3 the border between them


@dataclass(frozen=True, slots=True)
class TrimapPair:
    """A picture and its trimap with the values 1 (pet), 2 (background), 3 (border)."""

    pair: Pair

    @property
    def name(self) -> str:
        """File name without its ending."""
        return self.pair.name

    @property
    def source(self) -> str:
        """The data set's name."""
        return "pets"

    def load(self) -> tuple[Image, Alpha]:
        """Picture and alpha; the border is 128, which stands for unknown.

        Raises
        ------
        UsageError
            If a file cannot be read, the sizes differ, or the trimap has other values or no pet.
        """
        image, trimap = read_image(self.pair.image), read_alpha(self.pair.mask)
        if image.shape[:2] != trimap.shape:
            raise UsageError(f"{self.pair.image} and its trimap differ in size", "Remove or mend the pair.")
        if trimap.max() > 3 or trimap.min() < 1:
            raise UsageError(f"{self.pair.mask} is no trimap", "Its values are 1, 2 and 3.")
        if not (trimap == 1).any():  # of the border alone nobody knows what it is
            raise UsageError(f"{self.name} is empty: its trimap has no pet")
        return image, _ALPHA[trimap]


def known_pixels(predicted: Alpha, truth: Alpha) -> tuple[Alpha, Alpha]:
    """What of two alphas lies off the border of a trimap, as two rows (1, N)."""
    known = truth != UNKNOWN
    return predicted[known][None], truth[known][None]  # OpenCV would take a short vector for a scalar


def has_trimaps(folder: Path) -> bool:
    """True for a folder of this layout."""
    return _trimaps(folder) is not None


def find_trimaps(folder: Path, part: str = "") -> list[TrimapPair]:
    """Pairs of images/ and trimaps/ (or annotations/trimaps/), sorted by name.

    Parameters
    ----------
    folder
        Of the data set.
    part
        "test": what annotations/test.txt of the official split names (first in each line), or where that is missing
        what pets.json says is of the split "test" (items, each with a name and a split); "train": all else. Empty: all
        of them.

    Raises
    ------
    UsageError
        If a folder or the list is missing, or no picture has a trimap.
    """
    trimaps = _trimaps(folder)
    if trimaps is None or not (folder / "images").is_dir():
        raise UsageError(f"{folder} is no pet data set", "It holds images/ and trimaps/ (or annotations/trimaps/).")
    known = {file.stem: file for file in trimaps.glob("*.png") if not file.name.startswith("._")}
    images = sorted(file for file in (folder / "images").iterdir() if file.suffix.lower() in PICTURES)
    pairs = [TrimapPair(Pair(file, known[file.stem])) for file in images if file.stem in known]
    if part:
        pairs = _of_part(pairs, folder, part)
    if not pairs:
        raise UsageError(f"no picture in {folder} has a trimap")
    return pairs


def _trimaps(folder: Path) -> Path | None:
    places = (folder / "trimaps", folder / "annotations" / "trimaps")
    return next((place for place in places if place.is_dir()), None)


def _of_part(pairs: Sequence[TrimapPair], folder: Path, part: str) -> list[TrimapPair]:
    if part not in ("train", "test"):
        raise UsageError(f"pets have no part {part!r}", "There are train and test.")
    named, index = folder / "annotations" / "test.txt", folder / "pets.json"
    listed = _indexed(index) if index.exists() and not named.exists() else _names(named)
    return [pair for pair in pairs if (pair.name in listed) == (part == "test")]


def _names(file: Path) -> set[str]:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise UsageError(
            f"{file} cannot be read: {error.strerror}",
            "It is part of the data set; an empty file keeps no picture back.",
        ) from None
    return {line.split()[0] for line in lines if line.strip() and not line.startswith("#")}


def _indexed(index: Path) -> set[str]:
    try:
        items = json.loads(index.read_text(encoding="utf-8"))["items"]
        return {item["name"] for item in items if item["split"] == "test"}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{index} is no index of a split: {type(error).__name__}: {error}",
            "It holds items, each with a name and a split; annotations/test.txt goes before it.",
        ) from None
