"""The samples of a run: those to train on and those to validate on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from live_seg.errors import UsageError
from live_seg.evaluation.pairs import Sample
from live_seg.training.config import TrainConfig
from live_seg.training.readers import read_all
from live_seg.training.split import fingerprint, split


@dataclass(frozen=True, slots=True)
class Samples:
    """The two parts, and the hash by which a split is recognised."""

    train: list[Sample]
    val: list[Sample]

    @property
    def hash(self) -> str:
        """Equal for equal parts."""
        return fingerprint({"train": self.train, "val": self.val})


def training_samples(config: TrainConfig) -> Samples:
    """Samples as part `data` of the configuration names them; a share of train is kept for validation if none is named.

    Raises
    ------
    UsageError
        If a folder cannot be read, or none is named.
    """
    data = config.data
    if not data.train:
        raise UsageError("data.train names no folder", 'Write data.train = ["pairs:DIR"].')
    train, val = read_all(data.train, data.leave_out), read_all(data.val)
    if not val:
        parts = split(train, {"val": data.val_share}, config.train.seed)
        train, val = parts["train"], parts["val"]
    return Samples(pick(train, data.most), pick(val, data.most_val))


def pick(samples: Sequence[Sample], most: int) -> list[Sample]:
    """At most `most` samples, spread evenly; 0 means all."""
    if not most or len(samples) <= most:
        return list(samples)
    return [samples[index * len(samples) // most] for index in range(most)]
