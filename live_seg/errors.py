"""What can go wrong, and what to do about it.

    LiveSegError             exit code 1
    ├── UsageError           2  a wrong option, key, name, or a file that cannot be used
    ├── SourceError          3  no picture comes in
    │   └── SourceLost          it came, and stopped: the loop opens it again
    ├── EngineError          4  the network cannot be loaded, or did not run
    └── SinkError            5  the picture cannot go out
        └── SinkLost            it went, and stopped: the other sinks go on

Every error says in one line what happened and where, and in `cure` what to do.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class LiveSegError(Exception):
    """Base of all that live-seg raises on purpose.

    Parameters
    ----------
    what
        What happened and where; no full stop at the end.
    cure
        What to do about it, as a sentence; may be empty where nothing can be done.
    """

    exit_code = 1

    def __init__(self, what: str, cure: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.cure = cure

    def __str__(self) -> str:
        return f"{self.what}. {self.cure}" if self.cure else self.what


class UsageError(LiveSegError):
    """A wrong option, configuration key, name, or a file that cannot be used."""

    exit_code = 2


class SourceError(LiveSegError):
    """A camera, video or picture cannot be opened."""

    exit_code = 3


class SourceLost(SourceError):
    """A source that gave pictures gives none any more."""


class EngineError(LiveSegError):
    """A runtime is missing, a model cannot be loaded, or the network failed on a frame."""

    exit_code = 4


class SinkError(LiveSegError):
    """A window, virtual camera or file cannot be opened."""

    exit_code = 5


class SinkLost(SinkError):
    """A sink that took pictures takes none any more."""


_CLEARLY = 0.2
"""A name that is so much less like the one that was written than the nearest is, was not meant."""


def nearest(name: str, valid: Iterable[str], count: int = 3) -> list[str]:
    """Valid names that look like `name`, the nearest first; empty when none is near."""
    near = difflib.get_close_matches(name, list(valid), n=count, cutoff=0.5)
    likeness = [difflib.SequenceMatcher(None, one, name).ratio() for one in near]
    return [one for one, ratio in zip(near, likeness, strict=True) if ratio > likeness[0] - _CLEARLY]


def unknown(kind: str, name: str, valid: Iterable[str]) -> UsageError:
    """Error for a name that does not exist: the nearest valid ones, or all of them, nearest first."""
    valid = sorted(valid)
    near = nearest(name, valid)
    if near:
        return UsageError(f"no {kind} is called {name!r}", f"Did you mean {' or '.join(near)}?")
    return UsageError(f"no {kind} is called {name!r}", f"There are: {', '.join(valid)}.")


def one_line(text: str) -> str:
    """The text as one line that any terminal can print: line ends and escape sequences are spelled out."""
    return "".join(mark if mark.isprintable() else mark.encode("unicode_escape").decode() for mark in text)


def cure_of_import(error: ImportError) -> str:
    """What to do about a package that is there and does not load; empty where that is not known.

    On Windows many are built with Microsoft's compiler and need its libraries, in a version not older than their own.
    On Linux OpenCV needs two that small installations lack.
    """
    if any(library in str(error) for library in ("libGL.so", "libgthread-2.0.so", "libglib-2.0.so")):
        return "Install what OpenCV needs: sudo apt-get install libgl1 libglib2.0-0"
    if "DLL load failed" not in str(error):
        return ""
    return "Install Microsoft's Visual C++ Redistributable, also over an old one: https://aka.ms/vs/17/release/vc_redist.x64.exe"
