"""Rich's console, which leaves it to `main` what a reader that is gone means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from rich.console import Console as RichConsole
from rich.progress import track

_Item = TypeVar("_Item")


class Console(RichConsole):
    """Rich's own would end the program with exit code 1 in the midst of `live-seg models | head`."""

    def on_broken_pipe(self) -> None:
        """Called while the `BrokenPipeError` is handled."""
        raise  # noqa: PLE0704


def progress(items: Iterable[_Item], count: int, what: str) -> Iterator[_Item]:
    """Goes through them under a bar, which stands where errors do and is gone at the end."""
    yield from track(items, what, total=count, console=RichConsole(stderr=True), transient=True)
