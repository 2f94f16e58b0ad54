"""live-seg evaluate: how good a model is on pictures with masks, on empty rooms, on clips; beside other networks."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from live_seg.config import Config, changed, parse_value
from live_seg.errors import UsageError, one_line
from live_seg.writing import write_whole

_PEERS = "LIVE_SEG_PEERS"
_NO_CROPS = "--crops are made of pictures with masks, not of empty rooms or clips"


def add(subparsers: Any) -> None:
    """Adds the subcommand."""
    parser = subparsers.add_parser(
        "evaluate",
        help="measure a model on pictures with masks, empty rooms or clips, beside other networks",
        description=__doc__,
        epilog="docs/evaluation.md explains the measures, the split file and the adapter.",
    )
    parser.add_argument(
        "model",
        metavar="MODEL",
        help="a name of `live-seg models` (photo:NAME as photos are cut), an .onnx file, an adapter (.json), mask-rcnn;"
        " mirrored:MODEL on mirror images",
    )
    parser.add_argument(
        "data", metavar="DATA", type=Path, help="a folder with images/ and masks/, a split file (.csv), clips"
    )
    parser.add_argument(
        "--compare",
        metavar="PEER",
        nargs="*",
        help=f"on the same pictures too: as MODEL, or a folder of adapters; without a name the one in {_PEERS}",
    )
    parser.add_argument("--split", default="", help="part of a split file (default: test)")
    parser.add_argument("--empty", action="store_true", help="nobody is in the pictures: measure the false area")
    parser.add_argument("--leave-out", metavar="SOURCE,...", default="", help="sources that are not measured")
    parser.add_argument("--every", metavar="N", type=int, default=1, help="only every Nth picture, for a quick look")
    parser.add_argument(
        "--crops", metavar="N", type=int, default=0, help="N crops of each picture instead of it: framings of a webcam"
    )
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the means by model, source and person size")
    parser.add_argument("--markdown", metavar="FILE", type=Path, help="write the tables for the docs")
    parser.add_argument("--out", metavar="DIR", type=Path, help="write pictures.csv, worst-20 sheets and histograms")
    parser.add_argument("--set", metavar="KEY=VALUE", action="append", default=[], help="any key of engine or matting")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Measures, prints the tables, writes what was asked for."""
    from live_seg.evaluation.candidate import find_candidates
    from live_seg.evaluation.report import markdown, write_csv, write_json

    if arguments.every < 1:
        raise UsageError(f"--every {arguments.every} takes no picture", "Give a whole number from 1.")
    if arguments.crops < 0:
        raise UsageError(f"--crops {arguments.crops} takes no crop", "Give how many of each picture.")
    candidates = find_candidates([arguments.model, *_peers(arguments.compare)], _config(arguments.set))
    try:
        scores = _measure(arguments, candidates)
        if not scores:
            raise UsageError(f"no picture of {arguments.data} could be measured")
        tables = markdown(scores, f"`{_command(arguments)}`")
        print(tables)
        pictures = arguments.out and arguments.out / "pictures.csv"
        for file, write in ((arguments.json, write_json), (pictures, write_csv)):
            if file:
                write(scores, file)
        if arguments.markdown:
            write_whole(arguments.markdown, tables.encode(errors="surrogateescape"))
        if arguments.out and any(score.file or score.sample for score in scores):
            _draw(arguments, candidates, scores)
    finally:
        for candidate in candidates:
            candidate.close()
    return 0


def _measure(arguments: argparse.Namespace, candidates: list[Any]) -> list[Any]:
    from live_seg.evaluation.clips import find_clips, measure_clips
    from live_seg.evaluation.crops import Crop
    from live_seg.evaluation.measure import measure_empty, measure_pairs, room_source, without_partner
    from live_seg.evaluation.split_file import find_data, find_pictures

    if arguments.empty and arguments.crops:
        raise UsageError(_NO_CROPS)
    if arguments.empty:
        pictures = _kept(arguments, find_pictures(arguments.data, arguments.split), room_source)
        return _collect(measure_empty(candidates, pictures), len(pictures))
    clips = _kept(arguments, find_clips(arguments.data), lambda clip: clip.name)
    if clips and arguments.crops:
        raise UsageError(_NO_CROPS)
    if clips:
        return _collect(measure_clips(candidates, clips, _strips(arguments.out)), len(clips), "clips")
    pairs = _kept(arguments, find_data(arguments.data, arguments.split), lambda pair: pair.source)
    if arguments.crops:
        pairs = [Crop(pair, number, pair.source) for pair in pairs for number in range(arguments.crops)]
    alone = without_partner(arguments.data)
    return _collect(chain(alone, measure_pairs(candidates, pairs)), len(alone) + len(pairs))


def _kept(arguments: argparse.Namespace, items: Sequence[Any], source: Callable[[Any], str]) -> list[Any]:
    """What `--leave-out` and `--every` leave."""
    left_out = {name.strip() for name in arguments.leave_out.split(",")} - {""}
    for name in sorted(left_out - set(map(source, items))) if items else ():
        print(f"--leave-out: no picture is of a source {name}", file=sys.stderr)
    return [item for item in items if source(item) not in left_out][:: arguments.every]


def _collect(results: Iterable[Any], count: int, what: str = "pictures") -> list[Any]:
    from live_seg.cli.console import progress
    from live_seg.evaluation.measure import Skipped

    scores, skipped = [], []
    for result in progress(results, count, "measuring"):
        if isinstance(result, Skipped):
            skipped.append(result)
        else:
            scores += result
    for one in skipped:
        print(one_line(f"skipped: {one.picture}: {one.why}"), file=sys.stderr)
    if skipped:
        print(f"{len(skipped)} of {count} {what} skipped", file=sys.stderr)
    return scores


def _draw(arguments: argparse.Namespace, candidates: list[Any], scores: list[Any]) -> None:
    from live_seg.evaluation.sheet import histogram, write_picture
    from live_seg.evaluation.worst import worst_rooms_sheet, worst_sheet

    measure, title = ("false_area", "false area") if arguments.empty else ("iou", "IoU")
    for candidate in candidates:
        own = [score for score in scores if score.model == candidate.name]
        values = [score.values[measure] for score in own]
        chart = histogram(values, f"{candidate.name}: {title} of {len(own)} pictures")
        write_picture(chart, _in(arguments.out, candidate.name, "histogram.png"))
        sheet = worst_rooms_sheet(candidate, own) if arguments.empty else worst_sheet(candidate, own)
        write_picture(sheet, _in(arguments.out, candidate.name, "worst.jpg"))


def _strips(out: Path | None) -> Callable[[str, str, Any], None] | None:
    from live_seg.evaluation.sheet import write_picture

    def write(candidate: str, clip: str, strip: Any) -> None:
        write_picture(strip, _in(out, candidate, f"{clip}.jpg"))

    return write if out else None


def _in(out: Any, candidate: str, end: str) -> Path:
    """A file of `--out`; not with the colon of photo:NAME, which Windows would take for a stream of a file."""
    return Path(out) / f"{candidate.replace(':', '-')}-{end}"


def _peers(names: list[str] | None) -> list[str]:
    if names != []:
        return names or []
    folder = os.environ.get(_PEERS, "")
    if not folder:
        raise UsageError("--compare has no name", f"Name models or a folder of adapters, or set {_PEERS} to one.")
    return [folder]


def _config(settings: list[str]) -> Config:
    config = Config()
    for setting in settings:
        name, found, text = setting.partition("=")
        if not found:
            raise UsageError(f"--set {setting} has no value", "Write --set matting.refine=bilinear, for instance.")
        config = changed(config, name, parse_value(name, text))
    return config


def _command(arguments: argparse.Namespace) -> str:
    """The command without the files that it writes: what somebody needs to measure the same again."""
    words = ["live-seg", "evaluate", arguments.model, str(arguments.data)]
    if arguments.compare is not None:
        words += ["--compare", *arguments.compare]
    for option in ("split", "leave_out"):
        if getattr(arguments, option):
            words += [f"--{option.replace('_', '-')}", getattr(arguments, option)]
    words += ["--empty"] * arguments.empty + (["--every", str(arguments.every)] if arguments.every > 1 else [])
    words += ["--crops", str(arguments.crops)] if arguments.crops else []
    return shlex.join(words + [word for setting in arguments.set for word in ("--set", setting)])
