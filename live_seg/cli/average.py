"""live-seg average: weights of one network averaged; between two with other mistakes there often is a better one."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from live_seg.cli.export import AREA_PX, area, check_installed, gain, short
from live_seg.errors import UsageError

_MEASURES = ("iou", "boundary_iou", "mad", "false_area")


def add(subparsers: Any) -> None:
    """Adds the subcommand."""
    parser = subparsers.add_parser(
        "average",
        help="average weights of one network",
        description=__doc__,
        epilog="docs/training.md tells when it helps.",
    )
    parser.add_argument(
        "weights",
        metavar="FILE[=SHARE]",
        nargs="+",
        help="checkpoints or fp16 models, and how much of each; equal parts without",
    )
    parser.add_argument("--out", metavar="FILE.pt", type=Path, help="write the average")
    parser.add_argument(
        "--sweep", metavar="DATA", type=Path, help="measure several mixtures on images/ + masks/, or a split file"
    )
    parser.add_argument("--split", default="", help="part of a split file for --sweep (default: val)")
    parser.add_argument("--rooms", metavar="DIR", type=Path, help="and on pictures in which nobody is")
    parser.add_argument(
        "--area-px", metavar="N", type=area, default=AREA_PX, help=f"input pixels, as for export (default: {AREA_PX})"
    )
    parser.add_argument("--logit-gain", metavar="G", type=gain, default=1.0, help="as for export (default: 1)")
    parser.add_argument("--every", metavar="N", type=int, default=1, help="only every Nth picture, for a quick look")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Averages, measures if asked to, and writes."""
    files, shares = parse_shares(arguments.weights)
    if arguments.out is None and arguments.sweep is None:
        raise UsageError("there is nothing to do with the average", "Give --out FILE.pt, or --sweep DATA, or both.")
    if arguments.rooms and not arguments.sweep:
        raise UsageError("--rooms is measured by a sweep", "Give --sweep DATA, too.")
    if arguments.every < 1:
        raise UsageError(f"--every {arguments.every} takes no picture", "Give a whole number from 1.")
    check_installed()
    from live_seg.photo.output import refuse_own_inputs

    refuse_own_inputs([arguments.out] if arguments.out else [], files)
    from live_seg.exporting.mixture import mixed, read_states
    from live_seg.training.experiment import save

    states = read_states(files)
    if arguments.sweep:
        _sweep(arguments, states, shares)
    if arguments.out:
        of = [(short(file), share) for file, share in zip(files, shares, strict=True)]
        save({"ema": mixed(states, shares), "average_of": of}, arguments.out)
        print(
            f"{arguments.out}: " + " + ".join(f"{share:.2f} {file}" for file, share in zip(files, shares, strict=True))
        )
    return 0


def parse_shares(words: list[str]) -> tuple[list[Path], list[float]]:
    """Files and shares, which add up to 1, of words such as `a.pt=0.6`."""
    files, shares = [], []
    for word in words:
        name, found, text = word.rpartition("=")
        try:
            share = float(text) if found else 1.0
        except ValueError:  # the sign belongs to the file's name
            name, found, share = word, "", 1.0
        if not (math.isfinite(share) and share >= 0):
            raise UsageError(f"{word} has no share of 0 or more", "Write a.pt=0.6 b.pt=0.4, for instance.")
        files.append(Path(name if found else word).expanduser())
        shares.append(share)
    if len(files) < 2 or sum(shares) == 0:
        raise UsageError("an average needs two files with shares", "Write a.pt=0.6 b.pt=0.4, for instance.")
    return files, [share / sum(shares) for share in shares]


def _sweep(arguments: argparse.Namespace, states: list[Any], shares: list[float]) -> None:
    from rich.console import Console
    from rich.progress import Progress

    from live_seg.cli.signals import unwinding
    from live_seg.evaluation.report import table
    from live_seg.evaluation.split_file import find_data, find_pictures
    from live_seg.exporting.mixture import sweep, sweep_shares

    pairs = find_data(arguments.sweep, arguments.split, usual="val")[:: arguments.every]
    rooms = find_pictures(arguments.rooms, usual="val")[:: arguments.every] if arguments.rooms else []
    with unwinding(), Progress(console=Console(stderr=True), transient=True) as bar:

        def track(name: str, count: int) -> Callable[[], None]:
            task = bar.add_task(name, total=count)
            return lambda: bar.advance(task)

        measured = list(
            sweep(states, sweep_shares(shares), pairs, rooms, arguments.area_px, arguments.logit_gain, track)
        )
    known = [name for name in _MEASURES if all(name in means for _, means in measured)]
    if "iou" not in known:
        raise UsageError(f"no picture of {arguments.sweep} could be measured")
    rows = [[name, *(f"{means[measure]:.4f}" for measure in known)] for name, means in measured]
    files = " / ".join(str(file) for file in parse_shares(arguments.weights)[0])
    print(f"{files}, {measured[0][1]['pictures']:.0f} pictures, {measured[0][1]['rooms']:.0f} rooms\n")
    print(table(["shares", *known], rows))
