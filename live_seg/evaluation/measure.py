"""Measures candidates on pictures: every candidate sees the same pictures in the same run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from live_seg.errors import UsageError
from live_seg.evaluation.candidate import Candidate
from live_seg.evaluation.crops import Crop
from live_seg.evaluation.metrics import binary
from live_seg.evaluation.pairs import Pair, Sample, find_unpaired, read_image
from live_seg.evaluation.score import Score, person_size, score_empty, score_pair, score_trimap
from live_seg.evaluation.trimap import TrimapPair, has_trimaps
from live_seg.frame import Alpha, Image


@dataclass(frozen=True, slots=True)
class Skipped:
    """A picture that could not be measured, and why."""

    picture: str
    why: str


def without_partner(data: Path) -> list[Skipped]:
    """What of images/ and masks/ has no partner, and is no sample therefore; of other layouts nothing is looked up."""
    if not data.is_dir() or has_trimaps(data):
        return []
    images, masks = find_unpaired(data)
    return [
        *(Skipped(file.name, "it has no mask") for file in images),
        *(Skipped(file.name, "this mask has no picture") for file in masks),
    ]


def load_checked(sample: Sample) -> tuple[Image, Alpha]:
    """Picture and alpha of a sample in which somebody is.

    Raises
    ------
    UsageError
        If a file cannot be read, the sizes differ, or the mask is empty.
    """
    image, truth = sample.load()
    if not binary(truth).any():
        raise UsageError(f"{sample.name} is empty: its mask has no person", "Use such pictures as empty rooms.")
    return image, truth


def measure_pairs(candidates: Sequence[Candidate], pairs: Sequence[Sample]) -> Iterator[list[Score] | Skipped]:
    """For each pair in turn the score of every candidate, or why the pair was skipped."""
    for pair in pairs:
        try:
            image, truth = load_checked(pair)
        except UsageError as error:
            yield Skipped(pair.name, error.what)
            continue
        person, scored = person_size(truth), score_trimap if isinstance(_whole(pair), TrimapPair) else score_pair
        yield [
            Score(c.name, pair.name, pair.source, person, scored(c.still(image), truth), pair, _file_of(pair))
            for c in candidates
        ]


def measure_empty(candidates: Sequence[Candidate], pictures: Sequence[Path]) -> Iterator[list[Score] | Skipped]:
    """For each picture without persons in turn the score of every candidate, or why it was skipped."""
    for file in pictures:
        try:
            image = read_image(file)
        except UsageError as error:
            yield Skipped(file.stem, error.what)
            continue
        yield [
            Score(candidate.name, file.stem, room_source(file), "", score_empty(candidate.still(image)), file=file)
            for candidate in candidates
        ]


def _file_of(sample: Sample) -> Path | None:
    whole = _whole(sample)
    pair = whole.pair if isinstance(whole, TrimapPair) else whole
    return pair.image if isinstance(pair, Pair) else None


def _whole(sample: Sample) -> Sample:
    return sample.whole if isinstance(sample, Crop) else sample


def room_source(file: Path) -> str:
    """Data set of a picture without a mask: its name up to the first dash."""
    return file.stem.split("-", 1)[0]
