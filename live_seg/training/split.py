"""Divides samples into parts by a hash of their names: the same for every machine, order and addition."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import TypeVar

from live_seg.errors import UsageError
from live_seg.evaluation.pairs import Sample

_Sample = TypeVar("_Sample", bound=Sample)


def split(
    samples: Sequence[_Sample], shares: Mapping[str, float], seed: int = 0, together: str = ""
) -> dict[str, list[_Sample]]:
    """Samples by part.

    A sample's place depends on its name and the seed alone, so pictures that are added later move no other.
    Pictures of one room or one clip are nearly the same: on two sides, the one tells how well the other is remembered.

    Parameters
    ----------
    samples
        Of any sources.
    shares
        Part -> share, for instance {"val": 0.05, "test": 0.1}; the rest is "train".
    seed
        Another one gives another split.
    together
        A regular expression: samples in whose names it finds the same text come to one part, for instance those that
        are called alike up to the last dash by `.*-`. Where it finds none, and where it is empty, each is by itself.

    Raises
    ------
    UsageError
        If the shares add up to more than one, or that is no regular expression.
    """
    if sum(shares.values()) > 1 or any(share < 0 for share in shares.values()):
        raise UsageError("the shares of a split add up to more than one", "Give shares such as 0.05 and 0.1.")
    try:
        pattern = re.compile(together)
    except re.error as error:
        raise UsageError(
            f"{together!r} is no regular expression: {error}", "Write .*- for names that are alike up to the last dash."
        ) from None
    parts: dict[str, list[_Sample]] = {"train": [], **{part: [] for part in shares}}
    for sample in samples:
        found = pattern.search(sample.name)
        parts[_part((found and found.group()) or sample.name, shares, seed)].append(sample)
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
