"""What a run tells while it goes on; the command line draws it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol


class Reporter(Protocol):
    """Hears of a run's progress, in its first process. It must survive pickling before the run starts."""

    def started(self, folder: Path, start: int, steps: int) -> None:
        """The run is in `folder` and goes from step `start` to `steps`."""

    def stepped(self, step: int, row: Mapping[str, float]) -> None:
        """A step is done; `row` holds the numbers of the log, or nothing between its lines."""

    def said(self, text: str) -> None:
        """Something that people should know."""

    def finished(self, metrics: Mapping[str, object]) -> None:
        """The run is over; without metrics if it broke off."""


class Silent:
    """Tells nobody."""

    def started(self, folder: Path, start: int, steps: int) -> None:
        """See `Reporter`."""

    def stepped(self, step: int, row: Mapping[str, float]) -> None:
        """See `Reporter`."""

    def said(self, text: str) -> None:
        """See `Reporter`."""

    def finished(self, metrics: Mapping[str, object]) -> None:
        """See `Reporter`."""
