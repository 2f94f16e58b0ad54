"""Why a camera cannot be used, in one line with what to do about it."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path

from live_seg.devices.device import Device, Holder
from live_seg.devices.holders import holders
from live_seg.errors import SourceError

Holders = Callable[[str], list[Holder]]


def check_capturing(device: Device) -> None:
    """Passes a device that can be opened as a camera.

    Raises
    ------
    SourceError
        If opening it is forbidden, or it gives no pictures: a webcam's metadata node, a virtual camera that
        nothing is sent to, something that is no camera.
    """
    if device.problem == "permission denied":
        raise SourceError(f"you may not open {device}", how_to_be_allowed(device.path))
    if device.problem == os.strerror(errno.EBUSY).lower():  # of a driver that lets one program open it at a time
        raise not_opened(device)
    if device.problem:
        raise SourceError(f"{device} does not answer: {device.problem}", "Unplug it and plug it in again.")
    if not device.captures and device.is_loopback:
        raise SourceError(f"{device} is a virtual camera that nothing is sent to", "Start what sends to it first.")
    if not device.captures:
        raise SourceError(
            f"{device} gives no pictures: it is a camera's second node, or no camera",
            "`live-seg devices` shows the nodes that do.",
        )


def not_opened(device: Device, who: Holders = holders) -> SourceError:
    """Why opening failed, for a device that `check_capturing` passed."""
    if sys.platform == "win32":
        where = "Settings > Privacy & security > Camera, desktop apps"
        return SourceError(f"{device} cannot be opened", f"Close other programs that use it, and allow it: {where}.")
    if sys.platform == "darwin":
        where = "System Settings > Privacy & Security > Camera, for your terminal"
        return SourceError(f"{device} cannot be opened", f"Close other programs that use it, and allow it: {where}.")
    using = [holder for holder in who(device.path) if holder.pid != os.getpid()]
    if using:
        names = " and ".join(map(str, using))
        return SourceError(
            f"{device} is in use by {names}", f"Close {using[0].name}, or choose another camera: `live-seg devices`."
        )
    return SourceError(
        f"{device} cannot be opened, though it may be and no process of yours has it open",
        "Close other users' programs that use it, or unplug it and plug it in again.",
    )


def how_to_be_allowed(path: str) -> str:
    """The line that lets this user open a node; it belongs to a group, nearly always `video`."""
    if sys.platform == "win32":
        return ""
    import grp
    import pwd

    if os.geteuid() == 0:  # only a container keeps root from a device
        return f"Give the container the device: `--device {path}`."
    try:
        user = pwd.getpwuid(os.getuid()).pw_name
        status = Path(path).stat()
        group = grp.getgrgid(status.st_gid)
    except KeyError:  # nobody of that number is known here, as in a container
        return f"Give the container the camera's group: `--group-add $(stat -c %g {path})`."
    except OSError:
        return f"Run `sudo usermod -aG video {user}`, then log out and in again."
    if status.st_gid == 0 or status.st_mode & 0o060 != 0o060:  # nothing sees to devices here, as in WSL
        return f"Run `sudo chown {user} {path}`, each time that the camera was plugged in."
    is_in_it = user in group.gr_mem
    joined = f"You are in the group {group.gr_name} since your last login: log out and in again."
    return joined if is_in_it else f"Run `sudo usermod -aG {group.gr_name} {user}`, then log out and in again."
