"""`live-seg`: the live app, or a subcommand. Errors become one line and an exit code here, and nowhere else."""

from __future__ import annotations

import importlib
import io
import logging
import os
import pkgutil
import sys
import warnings
from collections.abc import Sequence
from importlib.metadata import version

from live_seg.cli.parser import Parser
from live_seg.errors import LiveSegError, UsageError, cure_of_import, nearest, one_line
from live_seg.registry import blamed_package

_EXTRAS = {
    **dict.fromkeys(("torch", "segmentation_models_pytorch", "onnx", "lightning_fabric"), "live-seg[train]"),
    **dict.fromkeys(("tensorboard", "matplotlib", "scipy"), "live-seg[train]"),
    **dict.fromkeys(("starlette", "uvicorn", "python_multipart"), "live-seg[web]"),
    **dict.fromkeys(("dask", "distributed"), "live-seg[cluster]"),
    **dict.fromkeys(("aiogram", "aiohttp"), "live-seg[bot]"),
}
"""What is imported only by the jobs that need it -> how to get it."""

_NOT_COMMANDS = ("main", "start", "parser", "console", "data_made", "live", "signals")


def commands() -> list[str]:
    """Names of the subcommands: the files beside this one that can add themselves to a parser."""
    folder = importlib.import_module("live_seg.cli")
    return sorted(m.name for m in pkgutil.iter_modules(folder.__path__) if m.name not in _NOT_COMMANDS and not m.ispkg)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs live-seg with command line arguments; returns the exit code.

    0 done, 1 something else, 2 wrong use or an unusable file, 3 no picture comes in, 4 the network does not run,
    5 the picture cannot go out, 130 and 143 a file cut short by Ctrl-C and SIGTERM (which just end a live run).
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    sys.stdin = sys.stdin or open(os.devnull)  # noqa: PTH123, SIM115  # closed by whoever started us
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: PTH123, SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: PTH123, SIM115
    for stream in (sys.stdout, sys.stderr):  # names of files are not always text, nor are all letters the terminal's
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="backslashreplace")
    debug = "--debug" in words
    words = [word for word in words if word != "--debug"]
    _log_to_stderr(debug)
    try:
        try:
            return _run(words)
        finally:
            _flush()  # here, where a reader that is gone is no news
    except LiveSegError as error:
        if debug:
            raise
        print(f"live-seg: {one_line(str(error))}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        if debug:
            raise
        print("live-seg: cut short", file=sys.stderr)
        return 130
    except BrokenPipeError:  # `live-seg models | head`
        return 0
    except Exception as error:
        if debug:
            raise
        line, code = _explained(error)
        print(f"live-seg: {one_line(line)}", file=sys.stderr)
        return code


def _flush() -> None:
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python flushes once more at its end
        raise


def _explained(error: Exception) -> tuple[str, int]:
    """One line and the exit code for what is no error of ours on purpose."""
    if isinstance(error, ModuleNotFoundError) and error.name in _EXTRAS:
        return f'{error.name} is missing. Install it: pip install "{_EXTRAS[error.name]}"', 2
    if isinstance(error, ImportError) and cure_of_import(error):
        return f"{str(error).rstrip('.')}. {cure_of_import(error)}", 1
    if isinstance(error, OSError) and error.strerror:
        where = f" ({error.filename})" if error.filename else ""
        return f"{error.strerror}{where}", 1
    if isinstance(error, RuntimeError) and "home directory" in str(error):  # what pathlib says of ~somebody
        return "the ~ of a name stands for nobody's home. Write the whole path.", 2
    what = f"{type(error).__name__}: {error}"
    if package := blamed_package(error):
        return f"{what}. This is a defect of the package {package}: update or remove it.", 1
    return f"{what}. This is a defect; run again with --debug.", 1


def _run(words: list[str]) -> int:
    if "--version" in words or words[:1] == ["-V"]:
        print(f"live-seg {version('live-seg')}")
        return 0
    if words and not words[0].startswith("-"):
        return _subcommand(words)
    from live_seg.cli import live

    parser = Parser(prog="live-seg", description=live.DESCRIPTION, epilog=_epilog(words))
    live.add_options(parser)
    return live.run(parser.parse(words))


def _subcommand(words: list[str]) -> int:
    names = commands()
    if words[0] not in names:
        raise _no_command(words[0], names)
    parser = Parser(prog="live-seg")
    subparsers = parser.add_subparsers(parser_class=Parser)
    importlib.import_module(f"live_seg.cli.{words[0]}").add(subparsers)
    found = parser.parse(words)
    code: int = found.run(found)
    return code


def _no_command(word: str, names: Sequence[str]) -> UsageError:
    near = nearest(word, names)
    cure = f"Did you mean {' or '.join(near)}?" if near else f"There are: {', '.join(names)}."
    if not near and (word.isdecimal() or word in ("demo", "synthetic") or "." in word or "/" in word):
        cure = f"Did you mean --camera {word}?"
    return UsageError(f"there is no command {word!r}", cure)


def _epilog(words: list[str]) -> str:
    """What `--help` says below the options."""
    if not {"-h", "--help"} & set(words):
        return ""
    lines = []
    for name in commands():
        about = (importlib.import_module(f"live_seg.cli.{name}").__doc__ or "").strip().splitlines()[0]
        lines.append(f"  {name:<10} {about.split(': ', 1)[-1]}")
    return "other jobs (live-seg JOB --help):\n" + "\n".join(lines)


def _log_to_stderr(debug: bool) -> None:
    log = logging.getLogger("live_seg")
    log.handlers.clear()
    handler = Terminal()
    handler.setFormatter(_Lines("live-seg: %(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.DEBUG if debug else logging.INFO)
    log.propagate = False
    if not debug:  # of metadata that many pictures have broken; what is wrong with a picture we say ourselves
        warnings.filterwarnings("ignore", module=r"PIL\.")


class Terminal(logging.StreamHandler):  # type: ignore[type-arg]  # a type of type checkers only
    """Standard error, also while native libraries are kept from it: TensorRT is at its first plan for minutes."""

    def emit(self, record: logging.LogRecord) -> None:
        """See `logging.Handler.emit`."""
        overheard = sys.modules.get("live_seg.engines.overheard")  # where that was not imported nothing is kept
        if overheard is None or not overheard.Overheard.say(self.format(record)):
            super().emit(record)


class _Lines(logging.Formatter):
    """Each message is one line, whatever the names of files in it hold; tracebacks stay as they are."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        """See `logging.Formatter.formatMessage`."""
        return one_line(super().formatMessage(record))
