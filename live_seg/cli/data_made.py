"""The jobs of `live-seg data` that make a folder of a user's pictures: label, mine, solve."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from live_seg.errors import one_line


def add(jobs: Any) -> None:
    """Adds them to those of `live-seg data`."""
    label = jobs.add_parser("label", help="make mattes for pictures without masks, where models agree")
    label.add_argument("pictures", metavar="DIR", type=Path, help="a folder of pictures, or a split file (.csv)")
    label.add_argument("--out", metavar="DIR", type=Path, required=True, help="gets images/, masks/ and labels.csv")
    label.add_argument("--model", default="photo:person", help="as for `live-seg evaluate` (default: photo:person)")
    label.add_argument(
        "--judge",
        metavar="MODEL",
        nargs="+",
        default=[],
        help="have to agree with it and each other (default: single looks at the picture and at its mirror image)",
    )
    label.add_argument("--iou", metavar="SHARE", type=share, default=0.9, help="smallest agreement (default: 0.9)")
    label.add_argument(
        "--source", metavar="NAME", type=_source, default="", help="names them NAME-..., which is their source"
    )
    label.add_argument("--sheet", metavar="FILE", type=Path, help="a contact sheet of what was kept")
    label.set_defaults(run=_label)

    mined = jobs.add_parser("mine", help="cut out what a model takes for persons in rooms without any")
    mined.add_argument("rooms", metavar="DIR", type=Path, nargs="+", help="folders of rooms, or split files (.csv)")
    mined.add_argument("--out", metavar="DIR", type=Path, required=True, help="gets rooms/, images/, masks/, mined.csv")
    mined.add_argument("--model", default="person", help="as for `live-seg evaluate` (default: person)")
    mined.add_argument(
        "--least",
        metavar="SHARE",
        type=share,
        default=0.01,
        help="keep rooms of which so much is taken (default: 0.01)",
    )
    mined.add_argument(
        "--source",
        metavar="NAME",
        type=_source,
        default="hard",
        help="names them NAME-..., which is their source (default: hard)",
    )
    mined.add_argument("--sheet", metavar="FILE", type=Path, help="a contact sheet of the worst")
    mined.set_defaults(run=_mine)

    solved = jobs.add_parser("solve", help="decide the borders of masks by the pictures' colours (closed-form matting)")
    solved.add_argument(
        "data", metavar="DATA", type=Path, help="a folder with images/ and masks/, or a split file (.csv)"
    )
    solved.add_argument("--split", metavar="NAME", default="", help="part of a split file (default: train)")
    solved.add_argument("--out", metavar="DIR", type=Path, required=True, help="gets images/, masks/ and solved.csv")
    solved.add_argument("--sheet", metavar="FILE", type=Path, help="a contact sheet of those that changed most")
    solved.set_defaults(run=_solve)


def share(text: str) -> float:
    """A number from 0 to 1, as an option's type."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no share: give a number from 0 to 1")
    return value


def _source(text: str) -> str:
    if text and not text.replace("_", "").isalnum():
        raise argparse.ArgumentTypeError(f"{text!r} is no source: give letters and digits, it ends at the first dash")
    return text


def _label(arguments: argparse.Namespace) -> int:
    from live_seg.cli.signals import unwinding
    from live_seg.config import Config
    from live_seg.evaluation.candidate import find_candidates, single_looks
    from live_seg.evaluation.split_file import find_pictures
    from live_seg.training.label import label
    from live_seg.training.labelled import LabelledFolder

    pictures = find_pictures(arguments.pictures, usual="train")
    with unwinding(), contextlib.ExitStack() as stack:
        names = [arguments.model, *(arguments.judge or single_looks(arguments.model))]
        candidates = find_candidates(names, Config())
        for candidate in candidates:
            stack.callback(candidate.close)
        model, *judges = (candidate.still for candidate in candidates)
        folder = LabelledFolder(arguments.out, pictures, arguments.source)
        listing = _filled(folder, label(pictures, model, judges, arguments.iou), len(pictures), arguments.sheet)
    for why, count in sorted(folder.skipped.items()):
        print(f"skipped: {count} {'picture' if count == 1 else 'pictures'}: {why}")
    print(f"{folder.kept} of {len(pictures)} labelled; what became of each: {listing}")
    _tell_sheet(arguments, folder)
    return 0 if folder.kept else 2


def _mine(arguments: argparse.Namespace) -> int:
    from live_seg.cli.signals import unwinding
    from live_seg.config import Config
    from live_seg.evaluation.candidate import find_candidates, single_looks
    from live_seg.evaluation.split_file import find_pictures
    from live_seg.training.mine import mine
    from live_seg.training.mined import MinedFolder

    rooms = [room for place in arguments.rooms for room in find_pictures(place, usual="train")]
    with unwinding(), contextlib.ExitStack() as stack:
        candidates = find_candidates([arguments.model, *single_looks(arguments.model)], Config())
        for candidate in candidates:
            stack.callback(candidate.close)
        folder = MinedFolder(arguments.out, rooms, arguments.least, arguments.source)
        looks = [candidate.still for candidate in candidates]
        listing = _filled(folder, mine(rooms, looks), len(rooms), arguments.sheet)
    if folder.unreadable:
        print(f"skipped: {folder.unreadable} of {len(rooms)} cannot be read")
    if folder.read:
        print(f"{folder.mean_share:.2%} of the rooms is taken for persons")
    print(f"{folder.kept} kept, {folder.parts} cut-outs; what became of each: {listing}")
    _tell_sheet(arguments, folder)
    return 0 if folder.read else 2


def _solve(arguments: argparse.Namespace) -> int:
    from live_seg.cli.signals import unwinding
    from live_seg.evaluation.measure import without_partner
    from live_seg.evaluation.split_file import find_data
    from live_seg.training.resolved import ResolvedFolder

    samples = find_data(arguments.data, arguments.split, usual="train")
    folder = ResolvedFolder(arguments.out, samples)
    with unwinding():
        listing = _filled(folder, samples, len(samples), arguments.sheet)
    alone = without_partner(arguments.data)
    for skipped in (*alone, *folder.skipped):
        print(one_line(f"skipped: {skipped.picture}: {skipped.why}"))
    print(f"{folder.kept} of {len(alone) + len(samples)} solved; how much of each moved: {listing}")
    _tell_sheet(arguments, folder)
    return 0 if folder.kept else 2


def _filled(folder: Any, items: Iterable[Any], count: int, sheet: Path | None) -> Path:
    """The list of a folder that took the items; what was done until somebody ended it is listed, too."""
    from live_seg.cli.console import progress

    try:
        for item in progress(items, count, "reading"):
            folder.add(item)
    finally:
        listing: Path = folder.finish(sheet)
    return listing


def _tell_sheet(arguments: argparse.Namespace, folder: Any) -> None:
    if arguments.sheet and folder.kept:
        print(f"contact sheet: {arguments.sheet}")
