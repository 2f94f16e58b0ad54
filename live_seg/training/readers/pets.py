"""Oxford-IIIT Pet: trimaps of cats and dogs, in the parts of the official split."""

from __future__ import annotations

from pathlib import Path

from live_seg.evaluation.pairs import Sample
from live_seg.evaluation.trimap import find_trimaps


def read_pets(folder: Path) -> list[Sample]:
    """All pairs but those that annotations/test.txt names."""
    return list(find_trimaps(folder, "train"))


def read_pets_test(folder: Path) -> list[Sample]:
    """The pairs that annotations/test.txt names."""
    return list(find_trimaps(folder, "test"))
