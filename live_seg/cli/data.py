"""live-seg data: check a data set, divide it, label pictures, mine mistakes, look at what a training is shown."""

from __future__ import annotations

import argparse
import contextlib
import csv
import io
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

_READERS = "pairs, aisegment, coco, coco-all, pets or pets-test"


def add(subparsers: Any) -> None:
    """Adds the subcommand and its three jobs."""
    parser = subparsers.add_parser("data", help="check, divide and look at training data", description=__doc__)
    jobs = parser.add_subparsers(dest="job", metavar="JOB", required=True, parser_class=type(parser))

    check = jobs.add_parser("check", help="count what is usable, name what is not, write a contact sheet")
    check.add_argument("folder", metavar="DIR", help=f"a folder, or READER:DIR; readers: {_READERS}")
    check.add_argument("--sheet", metavar="FILE", type=Path, default=Path("data-check.jpg"), help="the contact sheet")
    check.set_defaults(run=_check)

    split = jobs.add_parser("split", help="divide by a hash of the names, write a split file")
    split.add_argument("folder", metavar="DIR", type=Path, help="a folder with images/ and masks/")
    split.add_argument("--val", type=_share, default=0.05, help="share for validation")
    split.add_argument("--test", type=_share, default=0.1, help="share for the test")
    split.add_argument("--seed", type=int, default=0, help="another one gives another split")
    split.add_argument(
        "--together",
        metavar="REGEX",
        default="",
        help="names in which it finds the same text come to one part: '.*-' those alike up to the last dash",
    )
    split.add_argument("--out", metavar="FILE", type=Path, help="default: DIR/split.csv")
    split.set_defaults(run=_split)

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
    label.add_argument("--iou", metavar="SHARE", type=_share, default=0.9, help="smallest agreement (default: 0.9)")
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
        type=_share,
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

    augment = jobs.add_parser("augment", help="show the frames that a training composes")
    augment.add_argument("config", metavar="CONFIG", type=Path, help="a training's configuration (.toml)")
    augment.add_argument("--sheet", metavar="FILE", type=Path, default=Path("augment.jpg"), help="the contact sheet")
    augment.add_argument("--most", type=int, default=300, help="load at most so many pictures, rooms and animals")
    augment.add_argument("--seed", type=int, default=0, help="another one shows other frames")
    augment.add_argument("--set", metavar="KEY=VALUE", action="append", default=[], help="any key of the configuration")
    augment.set_defaults(run=_augment)


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no share: give a number from 0 to 1")
    return share


def _source(text: str) -> str:
    if text and not text.replace("_", "").isalnum():
        raise argparse.ArgumentTypeError(f"{text!r} is no source: give letters and digits, it ends at the first dash")
    return text


def _check(arguments: argparse.Namespace) -> int:
    from rich.table import Table

    from live_seg.cli.console import Console
    from live_seg.evaluation.sheet import write_picture
    from live_seg.training.readers import check, read, read_unpaired
    from live_seg.training.readers.check import overview
    from live_seg.training.split import fingerprint

    samples = read(arguments.folder)
    report = check(_progress(samples, len(samples)))
    table = Table("source", "pictures", "person's share", "long side", "soft pixels")
    for name, source in sorted(report.sources.items()):
        share = sum(source.shares) / source.count
        soft = sum(source.soft) / source.count
        sides = f"{min(source.sides)} to {max(source.sides)}"
        table.add_row(name, str(source.count), f"{share:.0%}", sides, f"{soft:.1%}")
    Console().print(table)
    unusable = [*report.skipped, *read_unpaired(arguments.folder)]
    for skipped in unusable:
        print(f"skipped: {skipped.picture}: {skipped.why}")
    print(f"{len(report.usable)} usable, {len(unusable)} skipped, hash {fingerprint({'all': report.usable})}")
    if report.usable:
        write_picture(overview(report.usable), arguments.sheet)
        print(f"contact sheet: {arguments.sheet}")
    return 0 if report.usable else 2


def _split(arguments: argparse.Namespace) -> int:
    from live_seg.evaluation.pairs import find_pairs
    from live_seg.training.split import fingerprint, split
    from live_seg.writing import write_whole

    shares = {"val": arguments.val, "test": arguments.test}
    parts = split(find_pairs(arguments.folder), shares, arguments.seed, arguments.together)
    out = arguments.out or arguments.folder / "split.csv"
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["split", "source", "name", "image", "mask"])
    for part, samples in parts.items():
        for sample in samples:
            files = (_from(file, out.parent) for file in (sample.image, sample.mask))
            writer.writerow([part, sample.source, sample.name, *files])
    write_whole(out, text.getvalue().encode(errors="surrogateescape"))
    counts = ", ".join(f"{len(samples)} {part}" for part, samples in parts.items())
    print(f"{out}: {counts}, hash {fingerprint(parts)}")
    return 0


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
        try:
            for one in _progress(label(pictures, model, judges, arguments.iou), len(pictures)):
                folder.add(one)
        finally:  # what was done until somebody ended it is listed, too
            listing = folder.finish(arguments.sheet)
    for why, count in sorted(folder.skipped.items()):
        print(f"skipped: {count} {'picture' if count == 1 else 'pictures'}: {why}")
    print(f"{folder.kept} of {len(pictures)} labelled; what became of each: {listing}")
    if arguments.sheet and folder.kept:
        print(f"contact sheet: {arguments.sheet}")
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
        try:
            for one in _progress(mine(rooms, [candidate.still for candidate in candidates]), len(rooms)):
                folder.add(one)
        finally:  # what was done until somebody ended it is listed, too
            listing = folder.finish(arguments.sheet)
    if folder.unreadable:
        print(f"skipped: {folder.unreadable} of {len(rooms)} cannot be read")
    if folder.read:
        print(f"{folder.mean_share:.2%} of the rooms is taken for persons")
    print(f"{folder.kept} kept, {folder.parts} cut-outs; what became of each: {listing}")
    if arguments.sheet and folder.kept:
        print(f"contact sheet: {arguments.sheet}")
    return 0 if folder.read else 2


def _augment(arguments: argparse.Namespace) -> int:
    from live_seg.evaluation.sheet import write_picture
    from live_seg.training.compose import load_animals, load_bank, load_rooms
    from live_seg.training.compose.parts import parts_sheet
    from live_seg.training.config_file import read_config
    from live_seg.training.data import crops_of, empty_samples, pick, training_samples
    from live_seg.training.schedule import stages

    config = read_config(arguments.config, arguments.set)
    few = replace(config.data, most=arguments.most)
    every = training_samples(config).train
    samples, crops, nobody = (pick(one, few.most) for one in (every, crops_of(every, few), empty_samples(few)))
    bank, _ = load_bank([*samples, *crops, *nobody], few.side_px, few.weights)
    kinds = {"crops": crops, "nobody": nobody}
    further = {name: load_bank(some, few.side_px)[0] for name, some in kinds.items() if some}
    rooms = load_rooms(few, samples)
    sheet = parts_sheet(bank, rooms, stages(config), config.camera, load_animals(few), further, arguments.seed)
    write_picture(sheet, arguments.sheet)
    print(f"contact sheet of {len(samples)} pictures and {len(rooms.pictures)} rooms: {arguments.sheet}")
    return 0


def _from(file: Path, folder: Path) -> str:
    """The path as seen from a folder, where it lies below it."""
    file, folder = file.resolve(), folder.resolve()
    return (file.relative_to(folder) if file.is_relative_to(folder) else file).as_posix()


def _progress(items: Iterable[Any], count: int) -> Iterable[Any]:
    from rich.console import Console
    from rich.progress import track

    return track(items, "reading", total=count, console=Console(stderr=True), transient=True)
