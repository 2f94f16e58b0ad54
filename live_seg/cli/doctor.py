"""`live-seg doctor`: what this machine has and lacks, and the command that mends each thing."""

from __future__ import annotations

import argparse
import dataclasses
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from live_seg.cli.checks.check import Check, State
from live_seg.errors import one_line

_marks = {State.OK: "ok", State.ABSENT: "-", State.FAILED: "FAIL"}


def add(subparsers: Any) -> None:
    """Adds the subcommand."""
    parser = subparsers.add_parser(
        "doctor",
        help="what this machine has and lacks, and what mends it",
        description="What this machine has and lacks. A line with - is merely not there; FAIL names what mends it.",
        epilog="exit code: 0 if live-seg can run, 1 otherwise",
    )
    parser.add_argument("--json", action="store_true", help="the same for programs")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, checks: Sequence[Callable[[], Iterable[Check]]] | None = None) -> int:
    """Prints each finding as soon as it is made; exit code 0 if the main job can run, 1 otherwise."""
    found = []
    for check in _each(all_checks() if checks is None else checks):
        found.append(check)
        if not arguments.json:
            print("\n".join(map(one_line, as_lines(check))), flush=True)
    lacking = [check for check in found if check.needed and check.state is not State.OK]
    if arguments.json:
        values = {"can_run": not lacking, "checks": [dataclasses.asdict(check) for check in found]}
        print(json.dumps(values, indent=2))
    elif lacking:
        print(f"\nlive-seg cannot run: {one_line(lacking[0].subject)}: {one_line(lacking[0].text)}.")
    else:
        print("\nlive-seg can run.")
    return 1 if lacking else 0


def all_checks() -> list[Callable[[], Iterable[Check]]]:
    """The checks in the order of a frame's way."""
    from live_seg.cli.checks import cameras, engines, files, outputs, system

    return [
        system.check_system,
        files.check_configuration,
        cameras.check_cameras,
        files.check_models,
        engines.check_engines,
        outputs.check_screen,
        cameras.check_virtual_camera,
        outputs.check_encoder,
    ]


def as_lines(check: Check) -> list[str]:
    """What is printed for people: mark, subject and text, and the cure below."""
    lines = [f"{_marks[check.state]:<5}{check.subject:<16} {check.text}"]
    if check.cure:
        lines.append(f"{'':<22}{check.cure}")
    return lines


def _each(checks: Sequence[Callable[[], Iterable[Check]]]) -> Iterator[Check]:
    for check in checks:
        yield from check()
