"""Divides samples into parts by a hash of their names: the same for every machine, order and addition."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from live_seg.errors import UsageError
from live_seg.evaluation.pairs import Sample


def split(samples: Sequence[Sample], shares: Mapping[str, float], seed: int = 0) -> dict[str, list[Sample]]:
    """Samples by part.

    A sample's place depends on its name and the seed alone, so pictures that are added later move no other.

    Parameters
    ----------
    samples
        Of any sources.
    shares
        Part -> share, for instance {"val": 0.05, "test": 0.1}; the rest is "train".
    seed
        Another one gives another split.

    Raises
    ------
    UsageError
        If the shares add up to more than one.
    """
    if sum(shares.values()) > 1 or any(share < 0 for share in shares.values()):
        raise UsageError("the shares of a split add up to more than one", "Give shares such as 0.05 and 0.1.")
    parts: dict[str, list[Sample]] = {"train": [], **{part: [] for part in shares}}
    for sample in samples:
        parts[_part(sample.name, shares, seed)].append(sample)
    return parts


def fingerprint(parts: Mapping[str, Sequence[Sample]]) -> str:
    """Twelve hexadecimal digits that are equal for equal splits, whatever their order."""
    lines = sorted(f"{part} {sample.source} {sample.name}" for part, samples in parts.items() for sample in samples)
    return hashlib.sha256("\n".join(lines).encode(errors="surrogateescape")).hexdigest()[:12]


def _part(name: str, shares: Mapping[str, float], seed: int) -> str:
    digest = hashlib.sha256(f"{seed}:{name}".encode(errors="surrogateescape")).digest()
    place = int.from_bytes(digest[:8], "big") / 2**64
    for part, share in shares.items():
        if place < share:
            return part
        place -= share
    return "train"
