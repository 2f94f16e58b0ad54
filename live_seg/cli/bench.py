"""live-seg bench: how fast the whole loop is here, beside the straightforward way and other networks."""

from __future__ import annotations

import argparse
import math
import shlex
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from live_seg.errors import UsageError
from live_seg.frame import Size

if TYPE_CHECKING:
    from live_seg.bench.measure import Measured, Say
    from live_seg.bench.plan import Contender, Setting
    from live_seg.bench.result import Result


def add(subparsers: Any) -> None:
    """Adds the subcommand."""
    parser = subparsers.add_parser(
        "bench",
        help="measure the speed of the whole loop",
        description=__doc__,
        epilog="docs/performance.md explains the figures.",
    )
    option = parser.add_argument
    option("--size", metavar="WxH", nargs="+", default=["1280x720"], help="sizes of the frames (1280x720)")
    option("--effect", metavar="NAME", nargs="+", default=["blur"], help="effects (blur)")
    option("--engine", metavar="NAME", nargs="+", default=["auto"], help="engines (auto); all: each that works here")
    option(
        "--mode",
        choices=("flat", "paced"),
        nargs="+",
        default=["flat", "paced"],
        help="flat: flat out, paced: as a 30 FPS camera (both)",
    )
    option("--model", metavar="NAME", default="auto", help="a name of `live-seg models`, or an .onnx file")
    option("--threads", metavar="N", type=int, default=0, help="threads for the network; 0: as the app chooses")
    option("--camera", metavar="CLIP", default="demo", help="a video file, demo, or still: nothing moves (%(default)s)")
    option("--peers", metavar="FOLDER", type=Path, help="other networks beside ours: a folder of adapters")
    option("--alone", action="store_true", help="without baselines: a third of the time, and no ratios")
    option("--target-fps", metavar="N", type=float, default=0.0, help="ours also with a governor that keeps to it")
    option("--max-cpu", metavar="PERCENT", type=float, default=100.0, help="the same for a share of the processor")
    option("--seconds", metavar="N", type=float, default=10.0, help="length of a round (%(default)s)")
    option("--repeats", metavar="N", type=int, default=3, help="rounds of each (%(default)s)")
    option("--scaling", action="store_true", help="time against pixels and threads instead, flat out")
    option("--json", metavar="FILE", type=Path, help="write the result")
    option("--plot", metavar="FILE", type=Path, help="draw the result (.png, .svg); with --compare that of B")
    option("--compare", metavar=("A", "B"), nargs=2, type=Path, help="compare two results; exit code 1 if B is slower")
    option(
        "--front",
        metavar=("SCORES", "RESULT"),
        nargs=2,
        type=Path,
        help="quality against time: the JSON of `live-seg evaluate` and one of this as Markdown; --plot draws it",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Measures and prints, or compares, or sets quality against time; 1 if B is slower than A."""
    if arguments.compare:
        return _compare(arguments)
    if arguments.front:
        return _front(arguments)
    from live_seg.bench.machine import this_machine, versions
    from live_seg.bench.result import Result, write_result

    _check(arguments)
    machine = this_machine()
    measured = _measure(arguments, _plan(arguments, machine.cores))
    result = Result(
        command=_command(arguments),
        date=date.today().isoformat(),
        seconds=arguments.seconds,
        repeats=arguments.repeats,
        machine=machine,
        versions=versions(),
        rows=measured.rows,
        skipped=measured.skipped,
        camera=Path(arguments.camera).name,
    )
    _print(result)  # first: a file that cannot be written must not take an hour of measuring along
    if arguments.json:
        write_result(result, arguments.json)
    _plot(result, arguments)
    return 0


def _check(arguments: argparse.Namespace) -> None:
    from live_seg.effects import effects
    from live_seg.models import find_model

    for name in arguments.effect:
        effects.get(name)
    find_model(arguments.model)
    if not 0 < arguments.seconds < math.inf or arguments.repeats < 1 or arguments.threads < 0:
        raise UsageError("--seconds, --repeats and --threads take numbers over 0", "Leave out --threads for the app's.")


def _plan(arguments: argparse.Namespace, cores: int) -> list[tuple[Setting, Sequence[Contender]]]:
    from live_seg.bench.plan import MODES, Setting, contenders
    from live_seg.bench.scaling import scaling_plan

    try:
        sizes = [Size.parse(text) for text in arguments.size]
    except ValueError as error:
        raise UsageError(f"--size: {error}") from None
    found: list[tuple[Setting, Sequence[Contender]]] = []
    for effect in arguments.effect:
        own = contenders(
            arguments.engine, arguments.model, arguments.peers, effect, arguments.target_fps, arguments.max_cpu
        )
        own = [one for one in own if one.kind != "baseline" or not arguments.alone]
        if arguments.scaling:
            found += scaling_plan(own, effect, cores)
            continue
        modes = [mode for mode in MODES if mode in arguments.mode]
        found += [(Setting(size, effect, mode, arguments.threads), own) for size in sizes for mode in modes]
    return found


def _measure(arguments: argparse.Namespace, plan: list[tuple[Setting, Sequence[Contender]]]) -> Measured:
    from rich.console import Console

    from live_seg.bench.measure import Measurement, measure
    from live_seg.cli.signals import unwinding

    console = Console(stderr=True, highlight=False)
    with unwinding(), console.status("starting") as status:
        say: Say = status.update if console.is_terminal else lambda text: None
        return measure(plan, Measurement(arguments.camera, arguments.seconds, arguments.repeats, say))


def _print(result: Result) -> None:
    from live_seg.bench.markdown import left_out
    from live_seg.bench.tables import by_setting, cells, disturbance, head

    console = _console()
    machine = result.machine
    console.print(f"{machine.label}, {machine.system}; load before: {machine.load:.2f}")
    for caption, rows in by_setting(result.rows).items():
        console.print(f"\n[bold]{caption}[/bold]")
        _print_table(console, head(rows), [cells(row) for row in rows])
    console.print(disturbance(result.rows))
    for line in left_out(result.skipped):
        console.print(f"left out: {line}", markup=False)


def _console() -> Any:
    from live_seg.cli.console import Console

    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=160)  # a file has room


def _print_table(console: Any, captions: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    for number, caption in enumerate(captions):
        table.add_column(caption, justify="right" if number else "left", no_wrap=True)
    for row in rows:
        table.add_row(*map(Text, row))  # the name of somebody's network may have brackets in it
    console.print(table)


def _plot(result: Result, arguments: argparse.Namespace) -> None:
    if arguments.plot:
        from live_seg.bench.plot import plot, plot_scaling

        draw = plot_scaling if arguments.scaling else plot
        draw(result, arguments.plot)


def _compare(arguments: argparse.Namespace) -> int:
    from live_seg.bench.compare import compare, is_slower
    from live_seg.bench.result import read_result
    from live_seg.bench.tables import COMPARED_HEAD, compared_cells

    before, after = (read_result(file) for file in arguments.compare)
    if before.camera != after.camera:
        raise UsageError(
            f"the two results saw different pictures, {before.camera} and {after.camera}", "Measure with one --camera."
        )
    compared = compare(before, after)
    if not compared:
        raise UsageError("the two results have no row in common", "Measure the same sizes, effects and engines.")
    rows = [compared_cells(one) for one in compared]
    _print_table(_console(), COMPARED_HEAD, rows)
    _plot(after, arguments)
    return 1 if is_slower(compared) else 0


def _front(arguments: argparse.Namespace) -> int:
    from live_seg.bench.front import FRONT_HEAD, front_cells, join, read_means
    from live_seg.bench.result import read_result
    from live_seg.bench.tables import disturbance
    from live_seg.evaluation.report import table

    scores, file = arguments.front
    means, result = read_means(scores), read_result(file)
    points = join(means, result)
    rows = [point.row for point in points]
    pictures = points[0].means["n"]
    print(f"{pictures:.0f} pictures; {result.machine.label}, {rows[0].setting}\n")
    print(table(list(FRONT_HEAD), [front_cells(point) for point in points]))
    alone = sorted(set(means) ^ {row.name for row in result.rows if row.kind != "baseline"})
    for line in (disturbance(rows), f"Not in both: {', '.join(alone)}." if alone else ""):
        if line:
            print(line)
    if arguments.plot:
        from live_seg.bench.plot import plot_front

        plot_front(points, f"{pictures:.0f} pictures; {result.machine.processor}, {rows[0].setting}", arguments.plot)
    return 0


def _command(arguments: argparse.Namespace) -> str:
    """The command that measures the same again; folders by their last name, as they lie elsewhere elsewhere."""
    words = ["live-seg", "bench"] + ["--scaling"] * arguments.scaling + ["--alone"] * arguments.alone
    for name, default in (
        ("size", ["1280x720"]),
        ("effect", ["blur"]),
        ("engine", ["auto"]),
        ("mode", ["flat", "paced"]),
    ):
        if getattr(arguments, name) != default:
            words += [f"--{name}", *getattr(arguments, name)]
    for name, usual in (
        ("model", "auto"),
        ("threads", 0),
        ("camera", "demo"),
        ("target_fps", 0.0),
        ("max_cpu", 100.0),
        ("seconds", 10.0),
        ("repeats", 3),
    ):
        value = getattr(arguments, name)
        if value != usual:
            words += [f"--{name.replace('_', '-')}", f"{value:g}" if isinstance(value, float) else str(value)]
    words += ["--peers", arguments.peers.name] if arguments.peers else []
    return shlex.join(words)
