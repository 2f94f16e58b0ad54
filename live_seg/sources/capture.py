"""Opens a camera with OpenCV, asks for what is wanted, and reads back what came of it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

import cv2

from live_seg.devices import Device
from live_seg.frame import Size
from live_seg.sources.grabber import Capture

# OpenCV reads both once, when it opens its first camera. A read that gets nothing returns after 1 s, not 10; and
# Media Foundation opens in a second, not in up to a minute, without looking for hardware to convert colours.
os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "1")
os.environ.setdefault("OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS", "0")

MakeCapture = Callable[[str | int, int], Capture]


def _opencv(camera: str | int, backend: int) -> Capture:
    capture: Capture = cv2.VideoCapture(camera, backend)
    return capture


def backends(platform: str = sys.platform) -> list[int]:
    """OpenCV's interfaces to cameras, the best first.

    On Windows DirectShow comes before Media Foundation: it opens at once, sees every virtual camera, and numbers
    the cameras as `live-seg devices` does.
    """
    if platform == "linux":
        return [cv2.CAP_V4L2]
    if platform == "win32":
        return [cv2.CAP_DSHOW, cv2.CAP_MSMF]
    if platform == "darwin":
        return [cv2.CAP_AVFOUNDATION]
    return [cv2.CAP_ANY]


def open_capture(device: Device, size: Size, fps: float, make: MakeCapture = _opencv) -> Capture | None:
    """An opened capture that was asked for `size` and `fps`; None if no interface can open the device."""
    cv2.utils.logging.setLogLevel(2)  # errors only: its warnings repeat what our errors say with a cure
    for backend in backends():
        capture = make(device.path or device.index, backend)
        if capture.isOpened():
            for which, value in _wanted(backend, size, fps):
                capture.set(which, value)
            return capture
        capture.release()
    return None


def _wanted(backend: int, size: Size, fps: float) -> list[tuple[int, float]]:
    """Properties in the order in which they have to be asked for. What `set` returns proves nothing; `format_of` does.

    Motion JPEG, since what a webcam offers uncompressed at 1280x720 is 10 frames a second, all that USB 2 carries; and
    before the size. OpenCV's DirectShow forgets it with each change of size or rate: there it comes last.
    """
    form = (cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
    sides = [(cv2.CAP_PROP_FRAME_WIDTH, size.width), (cv2.CAP_PROP_FRAME_HEIGHT, size.height)]
    rate = (cv2.CAP_PROP_FPS, fps)
    return [rate, *sides, form] if backend == cv2.CAP_DSHOW else [form, *sides, rate]


def waits_in_retrieve(capture: Capture) -> bool:
    """Whether `grab` returns at once and `retrieve` waits for the picture, as in OpenCV's DirectShow."""
    return capture.getBackendName() == "DSHOW"


def format_of(capture: Capture) -> str:
    """The pixel format that the camera really sends, four letters such as "MJPG"; empty where unknown."""
    code = int(capture.get(cv2.CAP_PROP_FOURCC))
    letters = (code & 0x7FFFFFFF).to_bytes(4, "little").decode("ascii", "ignore").strip("\0 ")
    return letters if letters.isprintable() else ""


def rate_of(capture: Capture) -> float:
    """Frames a second as the driver says; 0 where it does not."""
    rate = capture.get(cv2.CAP_PROP_FPS)
    return rate if 0 < rate <= 1000 else 0.0


def difference(asked: Size, asked_fps: float, size: Size, fps: float, form: str) -> list[str]:
    """One line if the camera gives something else than it was asked for; no line if it gives just that."""
    if size == asked and (not fps or abs(fps - asked_fps) < 0.02 * asked_fps):
        return []
    rate = f" at {fps:g}" if fps else ""
    return [f"asked for {asked} at {asked_fps:g}, the camera gives {size}{rate}{' ' + form if form else ''}"]
