"""Is there a screen for a window? Asked before OpenCV's Qt is, which ends the whole process if there is none."""

from __future__ import annotations

import os
import re
import socket
import sys


def screen_problem() -> str:
    """Why no window can be opened here, or an empty string.

    Windows and macOS always have a screen for who is logged in. Elsewhere the X server that DISPLAY names must answer;
    OpenCV's windows go through X, on Wayland through XWayland.
    """
    if sys.platform in ("win32", "darwin"):
        return ""
    display = os.environ.get("DISPLAY", "")
    if not display:
        return "there is no screen (DISPLAY is not set)"
    found = re.fullmatch(r"(?:unix|[\w.-]*/unix)?(?P<host>[\w.-]*):(?P<number>\d+)(?:\.\d+)?", display)
    if not found:
        return f"there is no screen (DISPLAY is {display!r})"
    if not _answers(found["host"], int(found["number"])):
        return f"the screen {display} does not answer"
    return ""


def _answers(host: str, number: int) -> bool:
    places: list[tuple[int, str | tuple[str, int]]] = []
    if host in ("", "localhost"):
        places += [(socket.AF_UNIX, f"/tmp/.X11-unix/X{number}"), (socket.AF_UNIX, f"\0/tmp/.X11-unix/X{number}")]
    if host:
        places.append((socket.AF_INET, (host, 6000 + number)))
    for family, address in places:
        with socket.socket(family, socket.SOCK_STREAM) as connection:
            connection.settimeout(2)
            try:
                connection.connect(address)
            except (OSError, OverflowError):  # the latter of a number beyond all ports
                continue
            return True
    return False
