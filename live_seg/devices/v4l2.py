"""Video4Linux2 as far as it is needed here: what a node is, and its formats, sizes and rates.

Structures and numbers are those of <linux/videodev2.h>. Only asking, never setting: a device that
another program uses is not disturbed.
"""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from live_seg.devices.device import Mode
from live_seg.frame import Size

u32 = ctypes.c_uint32

video_capture = 0x00000001
video_output = 0x00000002
video_capture_mplane = 0x00001000
device_caps_given = 0x80000000

_discrete = 1
_most = 256  # of a kind: a driver that never ends its list must not hang us


class Capability(ctypes.Structure):
    """struct v4l2_capability."""

    _fields_ = (
        ("driver", ctypes.c_char * 16),
        ("card", ctypes.c_char * 32),
        ("bus_info", ctypes.c_char * 32),
        ("version", u32),
        ("capabilities", u32),
        ("device_caps", u32),
        ("reserved", u32 * 3),
    )


class FormatDescription(ctypes.Structure):
    """struct v4l2_fmtdesc."""

    _fields_ = (
        ("index", u32),
        ("type", u32),
        ("flags", u32),
        ("description", ctypes.c_char * 32),
        ("pixelformat", u32),
        ("mbus_code", u32),
        ("reserved", u32 * 3),
    )


class FrameSize(ctypes.Structure):
    """struct v4l2_frmsizeenum; `numbers` is width, height, or min, max, step of both."""

    _fields_ = (("index", u32), ("pixel_format", u32), ("type", u32), ("numbers", u32 * 6), ("reserved", u32 * 2))


class FrameInterval(ctypes.Structure):
    """struct v4l2_frmivalenum; `numbers` is numerator, denominator, or min, max, step of both."""

    _fields_ = (
        ("index", u32),
        ("pixel_format", u32),
        ("width", u32),
        ("height", u32),
        ("type", u32),
        ("numbers", u32 * 6),
        ("reserved", u32 * 2),
    )


def _number(direction: int, number: int, structure: type[ctypes.Structure]) -> int:
    return (direction << 30) | (ctypes.sizeof(structure) << 16) | (ord("V") << 8) | number


query_capability = _number(2, 0, Capability)
enumerate_formats = _number(3, 2, FormatDescription)
enumerate_sizes = _number(3, 74, FrameSize)
enumerate_intervals = _number(3, 75, FrameInterval)

Ioctl = Callable[[int, int, ctypes.Structure], None]
"""Fills the structure, or raises OSError."""

S = TypeVar("S", FormatDescription, FrameSize, FrameInterval)


def system_ioctl(handle: int, request: int, structure: ctypes.Structure) -> None:
    """The kernel's."""
    if sys.platform == "win32":
        raise OSError(errno.ENOSYS, "there is no ioctl on Windows")
    import fcntl

    fcntl.ioctl(handle, request, structure)


@dataclass(frozen=True, slots=True)
class Node:
    """What a device node says of itself."""

    name: str
    bus: str
    driver: str
    captures: bool
    outputs: bool


def query(path: Path, ioctl: Ioctl = system_ioctl) -> Node:
    """Asks a node what it is.

    Raises
    ------
    OSError
        If it is not there, may not be opened (EACCES), or is no video device (ENOTTY).
    """
    answer = Capability()
    with _opened(path) as handle:
        ioctl(handle, query_capability, answer)
    # `capabilities` speaks of the whole device, `device_caps` of this node: a webcam's second node cannot capture.
    caps = answer.device_caps if answer.capabilities & device_caps_given else answer.capabilities
    return Node(
        name=_text(answer.card),
        bus=_text(answer.bus_info),
        driver=_text(answer.driver),
        captures=bool(caps & (video_capture | video_capture_mplane)),
        outputs=bool(caps & video_output),
    )


def modes(path: Path, ioctl: Ioctl = system_ioctl) -> list[Mode]:
    """Formats and sizes that a node captures in, in the driver's order; empty if it says nothing.

    Raises
    ------
    OSError
        If it cannot be opened.
    """
    found = []
    with _opened(path) as handle:
        for form in _each(handle, enumerate_formats, FormatDescription(type=1), ioctl):
            code = form.pixelformat
            fourcc = (code & 0x7FFFFFFF).to_bytes(4, "little").decode("ascii", "replace").strip()
            for size in _each(handle, enumerate_sizes, FrameSize(pixel_format=code), ioctl):
                is_discrete = size.type == _discrete
                width, height = size.numbers[0 if is_discrete else 1], size.numbers[1 if is_discrete else 4]
                asked = FrameInterval(pixel_format=code, width=width, height=height)
                rates = [_rate(interval) for interval in _each(handle, enumerate_intervals, asked, ioctl)]
                found.append(Mode(fourcc, Size(width, height), tuple(sorted(set(rates), reverse=True))))
                if not is_discrete:
                    break  # one entry speaks for the whole range
    return found


def _rate(interval: FrameInterval) -> float:
    """Frames a second; of a range the highest, which is the shortest interval and comes first."""
    numerator, denominator = interval.numbers[0], interval.numbers[1]
    return round(denominator / numerator, 2) if numerator else 0.0


def _each(handle: int, request: int, asked: S, ioctl: Ioctl) -> Iterator[S]:
    for index in range(_most):
        answer = type(asked).from_buffer_copy(asked)
        answer.index = index
        try:
            ioctl(handle, request, answer)
        except OSError:  # EINVAL: the end of the list; ENOTTY: the driver has no such list
            return
        yield answer
        if isinstance(answer, FrameInterval) and answer.type != _discrete:
            return


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    handle = os.open(path, os.O_RDWR | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    try:
        yield handle
    finally:
        os.close(handle)


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace").strip()
