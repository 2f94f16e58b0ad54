"""Oxford-IIIT Pet: trimaps of cats and dogs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from live_seg.errors import UsageError
from live_seg.evaluation.pairs import PICTURES, Pair, Sample, read_alpha, read_image
from live_seg.frame import Alpha, Image

_ALPHA = np.zeros(256, np.uint8)
_ALPHA[1], _ALPHA[3] = 255, 128  # 1 pet, 2 background, 3 the border between them, of which nobody knows


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
        """Picture and alpha; the border is half.

        Raises
        ------
        UsageError
            If a file cannot be read, the sizes differ, or the trimap has other values.
        """
        image, trimap = read_image(self.pair.image), read_alpha(self.pair.mask)
        if image.shape[:2] != trimap.shape:
            raise UsageError(f"{self.pair.image} and its trimap differ in size", "Remove or mend the pair.")
        if trimap.max() > 3 or trimap.min() < 1:
            raise UsageError(f"{self.pair.mask} is no trimap", "Its values are 1, 2 and 3.")
        return image, _ALPHA[trimap]


def read_pets(folder: Path) -> list[Sample]:
    """Pairs of images/ and trimaps/ (or annotations/trimaps/), sorted by name.

    Raises
    ------
    UsageError
        If a folder is missing, or no picture has a trimap.
    """
    trimaps = next(
        (place for place in (folder / "trimaps", folder / "annotations" / "trimaps") if place.is_dir()), None
    )
    if trimaps is None or not (folder / "images").is_dir():
        raise UsageError(f"{folder} is no pet data set", "It holds images/ and trimaps/ (or annotations/trimaps/).")
    known = {file.stem: file for file in trimaps.glob("*.png") if not file.name.startswith("._")}
    images = sorted(file for file in (folder / "images").iterdir() if file.suffix.lower() in PICTURES)
    pairs: list[Sample] = [TrimapPair(Pair(file, known[file.stem])) for file in images if file.stem in known]
    if not pairs:
        raise UsageError(f"no picture in {folder} has a trimap")
    return pairs
