"""live-seg train: train a network as a configuration says; everything it makes lands in experiments/expN."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from live_seg.errors import LiveSegError, UsageError

_SCORES = {"val_iou": "IoU", "val_boundary_iou": "boundary IoU", "val_mad": "MAD"}
"""What a validation is told by; a trimap's has no outline."""


def add(subparsers: Any) -> None:
    """Adds the subcommand."""
    parser = subparsers.add_parser(
        "train",
        help="train a network",
        description=__doc__,
        epilog="docs/training.md explains the configuration; live-seg data augment shows what is trained on.",
    )
    parser.add_argument(
        "config", metavar="CONFIG", type=Path, nargs="?", help="configs/train/person.toml, for instance"
    )
    parser.add_argument("--resume", metavar="DIR", type=Path, help="go on with an interrupted run: experiments/expN")
    parser.add_argument(
        "--set", metavar="KEY=VALUE", action="append", default=[], help="any key, for instance train.steps=100"
    )
    parser.add_argument("--print-config", action="store_true", help="print every key with its value, and do nothing")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Trains, shows progress on the standard error, prints the scores."""
    from live_seg.cli.signals import unwinding
    from live_seg.config import build, render
    from live_seg.training.config import TrainConfig
    from live_seg.training.config_file import read_config
    from live_seg.training.experiment import CONFIG

    source = arguments.config or (arguments.resume and arguments.resume / CONFIG)
    if arguments.print_config:
        config = read_config(source, arguments.set) if source else build({}, TrainConfig)
        print(render(config, "# Every key of a training run."))
        return 0
    if source is None:
        raise UsageError("live-seg train needs a configuration", "Give configs/train/person.toml, or --resume DIR.")
    if arguments.resume and (arguments.config or not all(word.startswith("machine.") for word in arguments.set)):
        raise UsageError(
            "--resume goes on as the run was configured", "Only --set machine.KEY=VALUE can be given anew."
        )
    config = read_config(source, arguments.set)
    try:
        from live_seg.training.run import train
    except ImportError as error:
        raise LiveSegError(f"training needs {error.name}", 'pip install "live-seg[train]"') from None
    with unwinding():
        folder = train(config, Progress(), arguments.resume)
    print(folder)
    return 0


class Progress:
    """A bar with the time that is left, and a line a validation; on the standard error."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._task: Any = None

    def started(self, folder: Path, start: int, steps: int) -> None:
        """Shows the bar."""
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )

        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
        )
        self._bar = Progress(*columns, console=Console(stderr=True), refresh_per_second=2)
        self._bar.start()
        self._task = self._bar.add_task(str(folder), total=steps, completed=start)

    def stepped(self, step: int, row: Mapping[str, float]) -> None:
        """Moves the bar."""
        if "loss" in row:
            about = f"loss {row['loss']:.4f}  {row['pictures_per_s']:.1f} pictures/s"
            self._bar.update(self._task, completed=step, description=about)
        else:
            self._bar.update(self._task, completed=step)
        scores = [f"{title} {row[name]:.4f}" for name, title in _SCORES.items() if name in row]
        if scores:
            self.said(f"step {step}: {', '.join(scores)}")

    def said(self, text: str) -> None:
        """Writes a line above the bar."""
        if self._bar is None:
            print(text, file=sys.stderr)
        else:
            self._bar.console.print(text, highlight=False, markup=False)

    def finished(self, metrics: Mapping[str, object]) -> None:
        """Takes the bar away, and gives the cursor back."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
