"""Oxford-IIIT Pet: trimaps of cats and dogs, in the parts of the official split, with their borders solved."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from live_seg.evaluation.pairs import Sample
from live_seg.evaluation.trimap import TrimapPair, find_trimaps
from live_seg.frame import Alpha, Image
from live_seg.training.closed_form import solved


@dataclass(frozen=True, slots=True)
class SolvedPair:
    """A picture, and the matte that its trimap leaves open."""

    trimap: TrimapPair

    @property
    def name(self) -> str:
        """File name without its ending."""
        return self.trimap.name

    @property
    def source(self) -> str:
        """The data set's name."""
        return self.trimap.source

    def load(self) -> tuple[Image, Alpha]:
        """Picture and alpha; raises as `TrimapPair.load` does."""
        image, alpha = self.trimap.load()
        return image, solved(image, alpha)


def read_pets(folder: Path) -> list[Sample]:
    """All pairs but those that annotations/test.txt names."""
    return [SolvedPair(one) for one in find_trimaps(folder, "train")]


def read_pets_test(folder: Path) -> list[Sample]:
    """The pairs that annotations/test.txt names."""
    return [SolvedPair(one) for one in find_trimaps(folder, "test")]
