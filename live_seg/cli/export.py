"""live-seg export: a checkpoint becomes model files (fp16 for GPUs, int8 for CPUs), each checked before it is kept."""

from __future__ import annotations

import argparse
import datetime
import importlib
import shlex
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from live_seg.errors import EngineError, UsageError

INSTALL = 'pip install "live-seg[train]"'
PRECISIONS = ("int8", "fp16")
NEEDED = ("torch", "segmentation_models_pytorch", "onnx", "onnxruntime")

AREA_PX = 38400
"""Of the input on a CPU: 256x160 at 16:9."""


def add(subparsers: Any) -> None:
    """Adds the subcommand."""
    parser = subparsers.add_parser(
        "export",
        help="make model files of a checkpoint",
        description=__doc__,
        epilog="docs/models.md explains the checks and the rows.",
    )
    parser.add_argument("checkpoint", metavar="CHECKPOINT.pt", type=Path, help="weights of a resnet18 Unet++")
    parser.add_argument("--out", metavar="DIR", type=Path, default=Path("weights"), help="folder of the files and rows")
    parser.add_argument("--name", default="person", help="the files are NAME-fp16.onnx and NAME-int8.onnx")
    parser.add_argument(
        "--calibrate", metavar="DATA", type=Path, required=True, help="pictures like those that will come, for int8"
    )
    parser.add_argument(
        "--validate",
        metavar="DATA",
        type=Path,
        required=True,
        help="images/ + masks/, or a split file: what int8 may lose",
    )
    parser.add_argument("--split", default="", help="part of a split file for --validate")
    parser.add_argument(
        "--area-px", metavar="N", type=area, default=AREA_PX, help=f"input pixels on a CPU (default: {AREA_PX})"
    )
    parser.add_argument("--gpu-area-px", metavar="N", type=area, default=46080, help="and on a GPU (default: 46080)")
    parser.add_argument(
        "--precision", nargs="+", choices=PRECISIONS, default=PRECISIONS, help="which files (default: int8 and fp16)"
    )
    parser.add_argument("--logit-gain", metavar="G", type=gain, help="over 1 for a network that is too hesitant")
    parser.add_argument(
        "--cut", metavar="N", type=int, default=0, help="a smaller network within, 1 to 3, trained by deep supervision"
    )
    kept = "; without it the present row's is kept"
    parser.add_argument("--description", metavar="TEXT", help=f"what it is{kept}")
    parser.add_argument("--training-data", metavar="TEXT", help=f"what it was trained on{kept}")
    parser.add_argument("--terms", metavar="TEXT", help=f"who may use it for what{kept}")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Exports, and prints what was measured."""
    check_installed()
    from live_seg.cli.signals import unwinding
    from live_seg.evaluation.split_file import find_data, find_pictures
    from live_seg.exporting.export import Plan, export

    plan = Plan(
        checkpoint=arguments.checkpoint,
        out=arguments.out,
        name=arguments.name,
        calibrate=find_pictures(arguments.calibrate, usual="train"),
        validate=find_data(arguments.validate, arguments.split),
        data=" ".join(filter(None, (short(arguments.validate), arguments.split))),
        command=command(arguments),
        date=datetime.date.today().isoformat(),
        area_px=arguments.area_px,
        gpu_area_px=arguments.gpu_area_px,
        logit_gain=arguments.logit_gain,
        description=arguments.description,
        training_data=arguments.training_data,
        terms=arguments.terms,
        precisions=arguments.precision,
        cut=arguments.cut,
    )
    with unwinding(), _Bars() as bars:
        exported = export(plan, bars)
    print(f"torch and ONNX differ by at most {exported.parity:.1e} on the logits")
    print(f"fp32 has an IoU of {exported.reference.iou:.4f}, a MAD of {exported.reference.mad:.4f} on {plan.data}")
    for row in exported.rows:
        lost = exported.lost_points[row.precision]
        print(f"{row.file}: {row.bytes / 1e6:.1f} MB, {-lost:+.2f} IoU points against fp32 at the same input size")
    if not _is_looked_into(plan.out):
        print(f"They are found by their names where LIVE_SEG_WEIGHTS is {plan.out}")
    return 0


def _is_looked_into(folder: Path) -> bool:
    """True if models are found by their names in that folder; an installed live-seg has another one of its own."""
    from live_seg.models.store import weights_folder

    try:
        return weights_folder().resolve() == folder.resolve()
    except EngineError:
        return False


def check_installed() -> None:
    """Raises a `UsageError` with the install line if a package of the [train] extra is missing or does not load."""
    for module in NEEDED:
        try:
            importlib.import_module(module)
        except (ImportError, RuntimeError) as error:  # the latter where torch and torchvision do not fit
            raise UsageError(f"export needs {module} ({error})", f"Install it: {INSTALL}") from None


def area(text: str) -> int:
    """Type of an option: pixels, enough for one input of 32x32."""
    if not text.isdecimal() or int(text) < 1024:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of pixels from 1024")
    return int(text)


def gain(text: str) -> float:
    """Type of an option: a factor from 0.1 to 10."""
    try:
        factor = float(text)
    except ValueError:
        factor = 0.0
    if not 0.1 <= factor <= 10:
        raise argparse.ArgumentTypeError(f"{text!r} is not a factor from 0.1 to 10")
    return factor


def short(path: Path) -> str:
    """The path as others can read it: the last two parts of an absolute one."""
    return "/".join(path.parts[-2:]) if path.is_absolute() else path.as_posix()


def command(arguments: argparse.Namespace) -> str:
    """The command that measures the same again, without the texts and without this machine's folders."""
    words = ["live-seg", "export", short(arguments.checkpoint), "--calibrate", short(arguments.calibrate)]
    words += ["--validate", short(arguments.validate)] + (["--split", arguments.split] if arguments.split else [])
    words += ["--area-px", str(arguments.area_px), "--gpu-area-px", str(arguments.gpu_area_px)]
    words += ["--precision", *arguments.precision] if set(arguments.precision) != set(PRECISIONS) else []
    words += ["--logit-gain", str(arguments.logit_gain)] if arguments.logit_gain else []
    words += ["--cut", str(arguments.cut)] if arguments.cut else []
    return shlex.join(words)


class _Bars:
    """A progress bar for each step, on the error output."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description:<32}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._progress = Progress(*columns, console=Console(stderr=True))
        self._steps: dict[str, Any] = {}

    def __call__(self, step: str, done: int, total: int) -> None:
        if step not in self._steps:
            self._steps[step] = self._progress.add_task(step, total=total)
        self._progress.update(self._steps[step], completed=done)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()
