"""All cameras and virtual cameras of this machine, without opening a stream."""

from __future__ import annotations

import errno
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

from live_seg.devices import v4l2
from live_seg.devices.device import Device, Mode

_probed = 4  # indices tried where nobody tells the names; each costs up to a second and a line of noise


def list_devices() -> list[Device]:
    """Every device, in the order of its index; also nodes that are neither camera nor virtual camera."""
    if sys.platform == "linux":
        return node_devices()
    return named_devices("dshow" if sys.platform == "win32" else "avfoundation")


def modes_of(device: Device) -> list[Mode]:
    """Formats and sizes of a camera; empty where the system does not tell."""
    if not device.path:
        return []
    try:
        return v4l2.modes(Path(device.path))
    except OSError:
        return []


def node_devices(folder: Path = Path("/dev"), query: Callable[[Path], v4l2.Node] = v4l2.query) -> list[Device]:
    """Linux: asks each /dev/videoN."""
    found = []
    for path in folder.glob("video*"):
        number = re.fullmatch(r"video(\d+)", path.name)
        if number:
            found.append(_node_device(path, int(number[1]), query))
    return sorted(found, key=lambda device: device.index)


def _node_device(path: Path, index: int, query: Callable[[Path], v4l2.Node]) -> Device:
    try:
        node = query(path)
    except OSError as error:
        problem = "permission denied" if error.errno in (errno.EACCES, errno.EPERM) else os.strerror(error.errno or 0)
        return Device(_name_without_opening(path), index, str(path), captures=False, problem=problem.lower())
    return Device(
        node.name, index, str(path), bus=node.bus, driver=node.driver, captures=node.captures, outputs=node.outputs
    )


def _name_without_opening(path: Path) -> str:
    try:
        return Path(f"/sys/class/video4linux/{path.name}/name").read_text(encoding="utf-8").strip()
    except OSError:
        return path.name


def named_devices(system: str) -> list[Device]:
    """Windows and macOS: the names that the system's own interface gives, in its order."""
    import av

    try:
        listed = [device for device in av.enumerate_input_devices(system) if "audio" not in device.media_types]
    except (AttributeError, ValueError, OSError):  # an older PyAV, or one built without device support
        return probed_devices()
    cameras = [device for device in listed if not device.description.startswith("Capture screen")]
    return [
        Device(device.description or device.name, index, outputs=False, driver=system)
        for index, device in enumerate(cameras)
    ]


def probed_devices() -> list[Device]:
    """The indices that OpenCV can open, without names."""
    import cv2

    found = []
    for index in range(_probed):
        capture = cv2.VideoCapture(index)
        if capture.isOpened():
            found.append(Device(f"camera {index}", index))
        capture.release()
    return found
