"""Crops of pictures as pictures of their own: wide ones, half bodies, persons whom an edge cuts."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from live_seg.evaluation.metrics import binary
from live_seg.evaluation.pairs import Sample
from live_seg.frame import Alpha, Image

_ASPECTS, _OFTEN = (16 / 9, 4 / 3, 1.0, 3 / 4), (0.5, 0.25, 0.1, 0.15)
_ZOOM = 0.45, 0.97
"""Length of a crop, over that of the largest one of its aspect."""
_LEAST_PX = 96
"""Of its shorter side."""
_PERSON = 0.03, 0.85
"""Least and greatest share of it that is person."""
_MOST = 0.9
"""Greatest share of its picture: more would be the picture once more."""
_FROM_HEAD = 0.6
"""Share that begins somewhat above the highest person, where there is room for that."""
_TRIES = 30


@dataclass(frozen=True, slots=True)
class Crop:
    """A part of a picture: a `Sample`; the whole picture where no part of it will do.

    Attributes
    ----------
    whole
        The picture.
    number
        Which of its crops: each is the same part each time.
    source
        As that of any `Sample`.
    """

    whole: Sample
    number: int
    source: str

    @property
    def name(self) -> str:
        """That of the picture, and the number."""
        return f"{self.whole.name}-crop{self.number}"

    def load(self) -> tuple[Image, Alpha]:
        """As `Sample.load`."""
        image, alpha = self.whole.load()
        rows, columns = _part(binary(alpha), np.random.default_rng(zlib.crc32(self.name.encode(errors="replace"))))
        return np.ascontiguousarray(image[rows, columns]), np.ascontiguousarray(alpha[rows, columns])


def _part(person: NDArray[np.bool_], chance: np.random.Generator) -> tuple[slice, slice]:
    """Rows and columns of a crop that shows some of a person, and some of what is around."""
    height, width = person.shape
    head = int(person.any(1).argmax())
    for _ in range(_TRIES):
        aspect = chance.choice(_ASPECTS, p=_OFTEN)
        wide = min(width, height * aspect) * chance.uniform(*_ZOOM)
        across, down = int(wide), int(wide / aspect)
        left, top = int(chance.uniform(0, width - across)), int(chance.uniform(0, height - down))
        if chance.random() < _FROM_HEAD:
            top = min(max(int(head - chance.uniform(0.03, 0.25) * down), 0), height - down)
        rows, columns = slice(top, top + down), slice(left, left + across)
        if min(across, down) < _LEAST_PX or across * down > _MOST * width * height:
            continue
        if _PERSON[0] < person[rows, columns].mean() < _PERSON[1]:
            return rows, columns
    return slice(0, height), slice(0, width)
