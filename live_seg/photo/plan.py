"""From what somebody named to the list of pictures, and where each of them goes."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from live_seg.errors import UsageError
from live_seg.media import PICTURE_SUFFIXES
from live_seg.media.file import shown
from live_seg.photo.photo import FORMATS
from live_seg.photo.task import Job

SUFFIXES = PICTURE_SUFFIXES | {".gif"}
"""What is taken out of a folder; a file that is named itself is taken whatever its suffix."""


def is_one_file(inputs: Sequence[Path], out: Path) -> bool:
    """True if the output names the file of one picture, and not a folder.

    Raises
    ------
    UsageError
        If it names a picture of a format that is not written, or one file for several pictures.
    """
    suffix = out.suffix.lower()
    if out.is_dir():
        return False
    if len(inputs) != 1 or inputs[0].is_dir():
        if suffix in SUFFIXES:
            raise UsageError(f"{shown(out)} is one file, and there may be several results", "Give a folder with -o.")
        return False
    if suffix in SUFFIXES and suffix[1:] not in FORMATS:
        raise UsageError(f"{shown(out)}: {suffix} files are not written", f"There are: {', '.join(FORMATS)}.")
    return suffix[1:] in FORMATS


def plan(inputs: Sequence[Path], out: Path, suffix: str) -> list[Job]:
    """A job for each picture; folders are mirrored below `out`, files lie in it.

    `a.jpg` becomes `a.png`; where two would become the same both keep their suffix, `a.jpg.png` and `a.webp.png`.
    `A.png` and `a.png` count as the same: on memory sticks, Windows and macOS they are. A folder that cannot be looked
    into is a job, too: it fails, and is told like a picture that fails.

    Parameters
    ----------
    inputs
        Files and folders; whether a file can be read is not looked at.
    out
        The folder of the results.
    suffix
        Of the results, with its dot.

    Raises
    ------
    UsageError
        If a folder holds no picture, is the output folder itself, or two results would have one name all the same.
    """
    places: dict[Path, Path] = {}
    closed: dict[Path, Path] = {}
    for given in inputs:
        if given.is_dir():
            places |= _in_folder(given, out, closed)
        else:
            places[given] = Path(given.name)
    plain = Counter(str(place.with_suffix(suffix)).casefold() for place in places.values())
    jobs: dict[Path, Job] = {}
    for source, place in places.items():
        name = place.with_suffix(suffix)
        target = out / (name if plain[str(name).casefold()] == 1 else place.with_name(place.name + suffix))
        if target in jobs:
            both = f"{shown(jobs[target].source)} and {shown(source)}"
            raise UsageError(
                f"{both} would both become {shown(target)}", "Give their folders, or run one after the other."
            )
        jobs[target] = Job(source, target, out)
    return [*jobs.values(), *(Job(source, out / place, out) for source, place in closed.items())]


def _in_folder(folder: Path, out: Path, closed: dict[Path, Path]) -> dict[Path, Path]:
    if folder.resolve() == out.resolve():
        raise UsageError(f"{shown(out)} is what is read", "Give another folder with -o.")

    def refused(error: OSError) -> None:
        path = Path(error.filename)
        closed[path] = path.relative_to(folder)

    found = {path: path.relative_to(folder) for path in _pictures(folder, out.resolve(), refused)}
    if not found and not closed:
        raise UsageError(f"there is no picture in {shown(folder)}", f"Taken are {', '.join(sorted(SUFFIXES))}.")
    return found


def _pictures(folder: Path, without: Path, refused: Callable[[OSError], None]) -> Iterator[Path]:
    """Pictures of a folder and those below, in order; hidden ones, linked folders and `without` are left out."""
    for top, folders, files in os.walk(folder, onerror=refused):
        inside = Path(top)
        folders[:] = sorted(
            name for name in folders if not name.startswith(".") and (inside / name).resolve() != without
        )
        for name in sorted(files):
            path = inside / name
            if path.suffix.lower() in SUFFIXES and not name.startswith("."):
                yield path
