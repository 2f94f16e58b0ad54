"""live-seg data: check a data set, divide it, look at what a training is shown, make data of one's own."""

from __future__ import annotations

import argparse
import csv
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

from live_seg.cli import data_made
from live_seg.cli.data_made import share
from live_seg.errors import one_line

_READERS = "pairs, aisegment, coco, coco-all, pets or pets-test"


def add(subparsers: Any) -> None:
    """Adds the subcommand and its jobs."""
    parser = subparsers.add_parser("data", help="check, divide and look at training data", description=__doc__)
    jobs = parser.add_subparsers(dest="job", metavar="JOB", required=True, parser_class=type(parser))

    check = jobs.add_parser("check", help="count what is usable, name what is not, write a contact sheet")
    check.add_argument("folder", metavar="DIR", help=f"a folder, or READER:DIR; readers: {_READERS}")
    _add_sheet(check, "data-check.jpg")
    check.set_defaults(run=_check)

    split = jobs.add_parser("split", help="divide by a hash of the names, write a split file")
    split.add_argument("folder", metavar="DIR", type=Path, help="a folder with images/ and masks/")
    split.add_argument("--val", type=share, default=0.05, help="share for validation (default: 0.05)")
    split.add_argument("--test", type=share, default=0.1, help="share for the test (default: 0.1)")
    split.add_argument("--seed", type=int, default=0, help="another one gives another split")
    split.add_argument(
        "--together",
        metavar="REGEX",
        default="",
        help="names in which it finds the same text come to one part: '.*-' those alike up to the last dash",
    )
    split.add_argument("--out", metavar="FILE", type=Path, help="default: DIR/split.csv")
    split.set_defaults(run=_split)

    data_made.add(jobs)

    augment = jobs.add_parser("augment", help="show the frames that a training composes")
    augment.add_argument("config", metavar="CONFIG", type=Path, help="a training's configuration (.toml)")
    _add_sheet(augment, "augment.jpg")
    augment.add_argument(
        "--most", type=int, default=300, help="pictures, rooms and animals to load at most (default: 300)"
    )
    augment.add_argument("--seed", type=int, default=0, help="another one shows other frames")
    augment.add_argument("--set", metavar="KEY=VALUE", action="append", default=[], help="any key of the configuration")
    augment.set_defaults(run=_augment)


def _add_sheet(job: argparse.ArgumentParser, name: str) -> None:
    job.add_argument(
        "--sheet", metavar="FILE", type=Path, default=Path(name), help=f"the contact sheet (default: {name})"
    )


def _check(arguments: argparse.Namespace) -> int:
    from rich.table import Table
    from rich.text import Text

    from live_seg.cli.console import Console, progress
    from live_seg.evaluation.sheet import write_picture
    from live_seg.training.readers import check, read, read_unpaired
    from live_seg.training.readers.check import overview
    from live_seg.training.split import fingerprint

    samples = read(arguments.folder)
    report = check(progress(samples, len(samples), "reading"))
    table = Table("source", "pictures", "person's share", "long side", "soft pixels")
    for name, source in sorted(report.sources.items()):
        person = sum(source.shares) / source.count
        soft = sum(source.soft) / source.count
        sides = f"{min(source.sides)} to {max(source.sides)}"
        table.add_row(Text(one_line(name)), str(source.count), f"{person:.0%}", sides, f"{soft:.1%}")
    Console().print(table)
    unusable = [*report.skipped, *read_unpaired(arguments.folder)]
    for skipped in unusable:
        print(one_line(f"skipped: {skipped.picture}: {skipped.why}"))
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
    """The path as seen from a folder, where it lies below it; a link's own name, for that is the sample's."""
    file, folder = file.parent.resolve() / file.name, folder.resolve()
    return (file.relative_to(folder) if file.is_relative_to(folder) else file).as_posix()
