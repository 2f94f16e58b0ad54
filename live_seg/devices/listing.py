"""All cameras and virtual cameras of this machine, without opening a stream."""

from __future__ import annotations

import errno
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

from live_seg.devices import avfoundation, v4l2
from live_seg.devices.device import Device, Mode

_probed = 4  # indices tried where nobody tells the names; each costs up to a second and a line of noise


def list_devices() -> list[Device]:
    """Every device, in the order of its index; also nodes that are neither camera nor virtual camera."""
    if sys.platform == "linux":
        return node_devices()
    if sys.platform == "darwin":
        return avfoundation.cameras()
    if sys.platform == "win32":
        return named_devices()
    return probed_devices()


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


def named_devices() -> list[Device]:
    """Windows: the names that DirectShow gives, in its order, which is that of OpenCV's numbers.

    Cameras come first, microphones after them. A camera that gives sound too must not be left out: each one after it
    would get the number of another. A virtual camera may tell no kind at all.
    """
    import av
    import cv2

    try:
        listed = av.enumerate_input_devices("dshow")
    except (av.error.FFmpegError, ValueError, OSError):  # also where there is no camera, or no microphone
        return probed_devices(cv2.CAP_DSHOW)
    cameras = [device for device in listed if "video" in device.media_types or not device.media_types]
    return [Device(device.description or device.name, index, driver="dshow") for index, device in enumerate(cameras)]


def probed_devices(backend: int = 0) -> list[Device]:
    """The indices that OpenCV can open with one of its interfaces (0: any), without names."""
    import cv2

    found = []
    for index in range(_probed):
        capture = cv2.VideoCapture(index, backend)
        if capture.isOpened():
            found.append(Device(f"camera {index}", index))
        capture.release()
    return found
