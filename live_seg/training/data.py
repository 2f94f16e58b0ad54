"""The samples of a run: those to train on and those to validate on."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from live_seg.errors import UsageError, unknown
from live_seg.evaluation.crops import Crop
from live_seg.evaluation.measure import room_source
from live_seg.evaluation.pairs import Sample, read_image
from live_seg.evaluation.split_file import find_pictures
from live_seg.frame import Alpha, Image
from live_seg.training.config import Data, TrainConfig
from live_seg.training.readers import read_all
from live_seg.training.split import fingerprint, split

CROP = "crop"
"""Source of all crops, for `data.weights`."""

_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class Samples:
    """The two parts, what was left out of both, and the hash by which a split is recognised."""

    train: list[Sample]
    val: list[Sample]
    left_out: list[Sample]

    @property
    def hash(self) -> str:
        """Equal for equal parts to train and to validate on."""
        return fingerprint({"train": self.train, "val": self.val})

    @property
    def in_both(self) -> int:
        """How many are trained on and validated on."""
        named: dict[str, list[Sample]] = {}
        for sample in self.train:
            named.setdefault(sample.name, []).append(sample)
        return sum(sample in named.get(sample.name, ()) for sample in self.val)


@dataclass(frozen=True, slots=True)
class Nobody:
    """A picture in which nobody is: a `Sample` without a mask."""

    file: Path

    @property
    def name(self) -> str:
        """File name without its ending."""
        return self.file.stem

    @property
    def source(self) -> str:
        """As that of a room: its name up to the first dash."""
        return room_source(self.file)

    def load(self) -> tuple[Image, Alpha]:
        """Picture as uint8 (H, W, 3) BGR, and an alpha of 0 everywhere; raises UsageError if it cannot be read."""
        image = read_image(self.file)
        return image, np.zeros(image.shape[:2], np.uint8)


def empty_samples(data: Data) -> list[Nobody]:
    """The pictures of `data.nobody`, at most `most`; raises UsageError if a folder holds none."""
    places = [Path(place).expanduser() for place in data.nobody]
    return pick([Nobody(file) for place in places for file in find_pictures(place, usual="train")], data.most)


def crops_of(samples: Sequence[Sample], data: Data) -> list[Crop]:
    """The crops of samples that `data.crops` names, in their order."""
    counts = data.crops
    return [Crop(one, number, CROP) for one in samples for number in range(_count(one.name, counts.get(one.source, 0)))]


def _count(name: str, mean: float) -> int:
    return int(mean + zlib.crc32(name.encode(errors="replace")) / 2**32)


def training_samples(config: TrainConfig) -> Samples:
    """Samples as part `data` of the configuration names them; a share of train is kept for validation if none is named.

    What `leave_out` names is taken from both. Its pictures that were in validation are kept apart, so that the run can
    be compared with one that has everything; those of training where a source has none there.

    Raises
    ------
    UsageError
        If a folder cannot be read, none is named, or nothing is left.
    """
    data = config.data
    if not data.train:
        raise UsageError("data.train names no folder", 'Write data.train = ["pairs:DIR"].')
    train, val = read_all(data.train, "train"), read_all(data.val, "val")
    known = {sample.source for sample in (*train, *val)}
    for source in data.leave_out:
        if source not in known:
            raise unknown("source", source, known)
    if not val:
        # Whatever train.seed: runs of other seeds can be compared, or averaged.
        parts = split(train, {"val": data.val_share}, together=data.together)
        train, val = parts["train"], parts["val"]
        if not train:
            raise UsageError(
                "data.val_share leaves nothing to train on", "Add pictures, or name those of data.val yourself."
            )
    for key, sources in (("free", data.free), ("crops", data.crops)):
        for source in sources:
            if source not in known:
                raise unknown(f"source of data.{key}", source, known)
    dropped = set(data.leave_out)
    kept = [[sample for sample in part if sample.source not in dropped] for part in (train, val)]
    if not kept[0]:
        raise UsageError("data.leave_out leaves nothing to train on", "Leave fewer sources out.")
    in_val = {sample.source for sample in val}
    left_out = [sample for sample in val if sample.source in dropped]
    left_out += [sample for sample in train if sample.source in dropped - in_val]
    return Samples(pick(kept[0], data.most), pick(kept[1], data.most_val), pick(left_out, data.most_val))


def pick(items: Sequence[_Item], most: int) -> list[_Item]:
    """At most `most` of them, spread evenly; 0 means all."""
    if not most or len(items) <= most:
        return list(items)
    return [items[index * len(items) // most] for index in range(most)]
