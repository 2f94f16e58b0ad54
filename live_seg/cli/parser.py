"""argparse that explains: one line, the nearest option, no usage text in the way."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from live_seg.errors import UsageError, nearest


class Parser(argparse.ArgumentParser):
    """Raises `UsageError` instead of printing and exiting; names the nearest option."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("allow_abbrev", False)
        options.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        super().__init__(*args, **options)
        self._is_mixing = False

    def error(self, message: str) -> NoReturn:
        """See `argparse.ArgumentParser.error`."""
        raise UsageError(message, f"{self.prog} --help lists the options.")

    def _print_message(self, message: str, file: Any = None) -> None:
        """Newer argparse says nothing of a full disk: a help that was not written would count as written."""
        (file or sys.stderr).write(message)

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: Any = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """See `argparse.ArgumentParser`; files may stand before, between and after options."""
        takes_files = any(action.nargs in ("+", "*") for action in self._get_positional_actions())
        found: tuple[argparse.Namespace, list[str]]
        if not takes_files or self._is_mixing:
            found = super().parse_known_args(args, namespace)
            return found
        self._is_mixing = True  # it comes back here for the options, and for the files
        try:
            found = self.parse_known_intermixed_args(_spelled_out(args), namespace)
        finally:
            self._is_mixing = False
        return found

    def parse(self, arguments: Sequence[str]) -> argparse.Namespace:
        """The arguments, all of them known.

        Raises
        ------
        UsageError
            For a wrong or unknown one, the latter with the nearest option.
        """
        found, rest = self.parse_known_args(list(arguments))
        if rest:
            self._unknown(rest[0], arguments)
        return found

    def _unknown(self, word: str, arguments: Sequence[str]) -> NoReturn:
        job = "" if arguments[0].startswith("-") else f" {arguments[0]}"
        lists = f"{self.prog}{job} --help lists the options."
        if not word.startswith("-"):
            raise UsageError(f"{word!r} is one argument too many, or stands apart from the others", lists)
        option = word.split("=", maxsplit=1)[0]
        near = nearest(option, self.option_names(arguments))
        cure = f"Did you mean {' or '.join(near)}?" if near else lists
        raise UsageError(f"there is no option {option}", cure)

    def option_names(self, arguments: Sequence[str] = ()) -> list[str]:
        """All long options, those of the subcommand among the arguments included."""
        names = [name for action in self._actions for name in action.option_strings if name.startswith("--")]
        for action in self._actions:
            if isinstance(action, argparse._SubParsersAction):
                for word in arguments:
                    if word in action.choices:
                        rest = arguments[list(arguments).index(word) + 1 :]
                        names += action.choices[word].option_names(rest)
                        break
        return names


def _spelled_out(args: Sequence[str] | None) -> list[str] | None:
    """Files named behind `--`, `-a.jpg`, as argparse takes them for files in its second pass, too: `./-a.jpg`."""
    words = list(args or ())
    if "--" not in words:
        return None if args is None else words
    at = words.index("--") + 1
    return words[:at] + [f"./{word}" if word.startswith("-") and word != "-" else word for word in words[at:]]


def number_or_flag(text: str) -> float:
    """Type of an option such as `--blur 20`: a positive number, with a message for people."""
    if not re.fullmatch(r"\d+(\.\d+)?", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of pixels")
    return float(text)


def add_blur(options: argparse._MutuallyExclusiveGroup) -> None:
    """Adds `--blur`, alone or with its strength, to what else may be behind the person."""
    options.add_argument(
        "--blur",
        metavar="PIXELS",
        nargs="?",
        const=True,
        type=number_or_flag,
        help="blur the room; strength in pixels at 720 lines",
    )
