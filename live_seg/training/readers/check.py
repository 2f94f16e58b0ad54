"""Looks at every sample of a data set once: what is usable, what is not and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from live_seg.errors import UsageError
from live_seg.evaluation.measure import Skipped, load_checked
from live_seg.evaluation.pairs import Sample
from live_seg.evaluation.sheet import contact_sheet, matte_overlay
from live_seg.frame import Image


@dataclass(slots=True)
class SourceReport:
    """What was seen of one source.

    Attributes
    ----------
    shares
        Of each picture's area that is person.
    sides
        Long side of each picture, in pixels.
    soft
        Share of each picture's pixels that are neither person nor background.
    """

    shares: list[float] = field(default_factory=list)
    sides: list[int] = field(default_factory=list)
    soft: list[float] = field(default_factory=list)

    @property
    def count(self) -> int:
        """Usable samples."""
        return len(self.shares)


@dataclass(slots=True)
class Report:
    """What was seen of a data set.

    Attributes
    ----------
    sources
        By name.
    usable
        Samples that can be trained on.
    skipped
        Samples that cannot, with the reason.
    """

    sources: dict[str, SourceReport] = field(default_factory=dict)
    usable: list[Sample] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


def check(samples: Iterable[Sample]) -> Report:
    """Loads every sample; a pair whose sizes differ, that is unreadable or empty is named and skipped."""
    report = Report()
    for sample in samples:
        try:
            image, alpha = load_checked(sample)
        except UsageError as error:
            report.skipped.append(Skipped(sample.name, error.what))
            continue
        source = report.sources.setdefault(sample.source, SourceReport())
        source.shares.append(float((alpha > 127).mean()))
        source.sides.append(max(image.shape[:2]))
        source.soft.append(float(((alpha > 12) & (alpha < 243)).mean()))
        report.usable.append(sample)
    return report


def overview(samples: list[Sample], count: int = 40) -> Image:
    """Contact sheet of `count` samples spread evenly over a data set, the background sunk in green; at least one."""
    at = np.unique(np.linspace(0, len(samples) - 1, min(count, len(samples))).round().astype(int))
    return contact_sheet(((samples[i].name, matte_overlay(*samples[i].load())) for i in at), columns=8)
