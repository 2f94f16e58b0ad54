"""Rich's console, which leaves it to `main` what a reader that is gone means."""

from __future__ import annotations

from rich.console import Console as RichConsole


class Console(RichConsole):
    """Rich's own would end the program with exit code 1 in the midst of `live-seg models | head`."""

    def on_broken_pipe(self) -> None:
        """Called while the `BrokenPipeError` is handled."""
        raise  # noqa: PLE0704
