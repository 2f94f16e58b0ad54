"""live-seg photo: cuts people out of pictures: one, many, or a folder tree."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from live_seg.cli.parser import add_blur
from live_seg.config import build
from live_seg.errors import UsageError

if TYPE_CHECKING:
    from live_seg.photo.task import Job, Outcome, Task

PIPE = Path("-")


def add(subparsers: Any) -> None:
    """Adds the subcommand."""
    parser = subparsers.add_parser(
        "photo",
        help="cut people out of pictures",
        description=__doc__,
        epilog="docs/photos.md tells more; a run that was cut short goes on where it was.",
    )
    parser.add_argument("inputs", metavar="IN", type=Path, nargs="+", help="a picture, a folder, or - for a pipe")
    parser.add_argument(
        "-o", "--output", metavar="OUT", type=Path, help="a file for one picture, or a folder; - a pipe"
    )
    room = parser.add_mutually_exclusive_group()
    room.add_argument("--background", metavar="BACKGROUND", default="", help="a picture or a colour like #00b140")
    add_blur(room)
    room.add_argument("--matte", action="store_true", help="the matte alone, grey, 255 = person")
    parser.add_argument("--crop", action="store_true", help="keep the person and a little room round it")
    parser.add_argument(
        "--format", choices=("png", "webp", "jpg"), default="png", help="of results in a folder or pipe"
    )
    parser.add_argument(
        "--model", metavar="NAME", default="person", help="person, pets, or a name of `live-seg models`"
    )
    parser.add_argument("--engine", metavar="NAME", default="auto", help="auto, cpu, cuda, tensorrt, openvino")
    parser.add_argument("--threads", metavar="N", type=count, default=0, help="threads for the network")
    parser.add_argument(
        "--max-megapixels", metavar="N", type=count, default=120, help="larger pictures are refused unread"
    )
    parser.add_argument("--again", action="store_true", help="make what is done already once more")
    parser.add_argument("--json", action="store_true", help="print what became of each picture as JSON, for programs")
    parser.add_argument("--cluster", metavar="ADDRESS", help="work on a Dask cluster, like tcp://host:8786")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Cuts; 1 if a picture failed."""
    from live_seg.photo.output import held, refuse_own_inputs, remove_parts
    from live_seg.photo.plan import is_one_file, plan
    from live_seg.photo.task import Job

    task = _task(arguments)
    inputs, out = arguments.inputs, _output(arguments)
    if PIPE in (*inputs, out):
        return _pipe(arguments, task, out)
    is_file = is_one_file(inputs, out)
    jpeg = (out.suffix if is_file else f".{arguments.format}").lower() in (".jpg", ".jpeg")
    if jpeg and task.request.is_transparent and not task.request.matte:
        raise UsageError("a JPEG file holds no transparency", "Write PNG or WebP, or choose a background.")
    jobs = [Job(inputs[0], out)] if is_file else plan(inputs, out, f".{arguments.format}")
    refuse_own_inputs([job.target for job in jobs], [*(job.source for job in jobs), *_background(task)])
    if is_file:
        return _batch(arguments, task, jobs)
    with held(out):
        folders = {job.target.parent for job in jobs}
        remove_parts(out, folders)
        try:
            return _batch(arguments, task, jobs)
        finally:
            remove_parts(out, folders)


def count(text: str) -> int:
    """Type of an option: a whole number from 0."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0")
    return int(text)


def _output(arguments: argparse.Namespace) -> Path:
    if arguments.output is not None:
        found: Path = arguments.output
        return found
    if arguments.inputs == [PIPE]:
        return PIPE
    raise UsageError("where the result goes is missing", "Add -o and a file, a folder, or - for a pipe.")


def _task(arguments: argparse.Namespace) -> Task:
    from live_seg.photo.limits import Limits
    from live_seg.photo.request import Request
    from live_seg.photo.task import Task

    request = Request(
        background=arguments.background if arguments.blur is None else "blur",
        crop=arguments.crop,
        matte=arguments.matte,
    )
    if isinstance(arguments.blur, float):  # alone it is True, which is equal to 1.0
        request = dataclasses.replace(request, blur_px=build({"blur": {"radius_px": arguments.blur}}).blur.radius_px)
    limits = dataclasses.replace(Limits(), pixels=arguments.max_megapixels * 1_000_000)
    return Task(request, arguments.model, arguments.engine, arguments.threads, limits)


def _background(task: Task) -> list[Path]:
    """The file of the picture that stands behind the subject, if one does."""
    from live_seg.media.file import named

    background = task.request.background
    return [named(background)] if isinstance(background, str) and task.request.needs_picture else []


def _pipe(arguments: argparse.Namespace, task: Task, out: Path) -> int:
    """One picture from the standard input, or to the standard output, or both."""
    from live_seg.media.file import shown
    from live_seg.photo import Cutter, read_photo, write_photo
    from live_seg.photo.output import refuse_own_inputs, write_result

    if len(arguments.inputs) != 1 or arguments.json or arguments.cluster:
        raise UsageError("a pipe takes one picture and nothing else", "Leave out --json, --cluster and other files.")
    if out == PIPE and sys.stdout.isatty():
        raise UsageError("a picture cannot be shown on a terminal", "Add -o and a file, or > and a file.")
    source = arguments.inputs[0]
    if out != PIPE:
        refuse_own_inputs([out], [sys.stdin.fileno() if source == PIPE else source, *_background(task)])
    read = sys.stdin.buffer.read(task.limits.bytes + 1) if source == PIPE else source
    photo = read_photo(read, task.limits)
    with Cutter(task.model, task.engine, task.threads, task.limits) as cutter:
        photo = cutter(photo, task.request)
    if photo.is_empty:
        _tell_empty("the picture" if source == PIPE else shown(source))
    data = write_photo(photo, arguments.format if out == PIPE else out.suffix)
    if out == PIPE:
        sys.stdout.buffer.write(data)
    else:
        write_result(out, data)
    return 0


def _batch(arguments: argparse.Namespace, task: Task, jobs: Sequence[Job]) -> int:
    from live_seg.photo.task import Outcome
    from live_seg.photo.work import is_done

    outcomes: dict[str, Outcome] = {}
    skipped = [] if arguments.again else [job for job in jobs if is_done(job, task)]
    for job in skipped:
        outcomes[str(job.target)] = Outcome(str(job.source), str(job.target), "skipped")
    rest = [job for job in jobs if str(job.target) not in outcomes]
    with _Bar(len(jobs), len(skipped)) as bar:

        def done(outcome: Outcome) -> None:
            outcomes[outcome.target] = outcome
            bar.advance()

        if rest:
            _work(arguments.cluster)(rest, task, done)
    _tell([outcomes[str(job.target)] for job in jobs], arguments.json)
    return 1 if any(outcome.status == "failed" for outcome in outcomes.values()) else 0


def _work(cluster: str | None) -> Callable[[Sequence[Job], Task, Callable[[Outcome], None]], None]:
    if cluster is None:
        from live_seg.photo.batch import run_here

        return run_here
    from live_seg.photo.cluster import run_there

    return lambda jobs, task, done: run_there(cluster, jobs, task, done)


def _tell(outcomes: Sequence[Outcome], as_json: bool) -> None:
    from live_seg.media.file import shown

    for outcome in outcomes:
        if outcome.status == "failed":
            print(f"live-seg: {outcome.error}", file=sys.stderr)
        elif outcome.is_empty:
            _tell_empty(shown(outcome.source))
    if as_json:
        print(json.dumps([dataclasses.asdict(outcome) for outcome in outcomes], indent=1))
    if len(outcomes) > 1:
        counts = {status: sum(one.status == status for one in outcomes) for status in ("done", "skipped", "failed")}
        words = {"done": "done", "skipped": "done before", "failed": "failed"}
        parts = [f"{number} {words[status]}" for status, number in counts.items() if number]
        print(f"live-seg: {len(outcomes)} pictures: {', '.join(parts)}", file=sys.stderr)


def _tell_empty(name: str) -> None:
    print(f"live-seg: nothing to cut out was found in {name}", file=sys.stderr)


class _Bar:
    """A progress bar on the error output, where that is a terminal and there is more than one picture."""

    def __init__(self, total: int, before: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        console = Console(stderr=True)
        columns = (TextColumn("photos"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._progress = Progress(*columns, console=console, disable=total < 2 or not console.is_terminal)
        self._progress.add_task("photos", total=total, completed=before)

    def advance(self) -> None:
        """One more is over."""
        self._progress.advance(self._progress.task_ids[0])

    def __enter__(self) -> _Bar:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()
