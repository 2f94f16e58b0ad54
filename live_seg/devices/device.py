"""What is known of one camera or virtual camera."""

from __future__ import annotations

from dataclasses import dataclass

from live_seg.frame import Size

label_of_ours = "Live Seg Camera"
"""Label that our instructions give to the v4l2loopback device; video calls show it."""

_virtual_names = ("obs virtual camera", "obs-camera", "unity video capture")
"""Virtual cameras of Windows and macOS that pyvirtualcam sends to, in lower case."""


@dataclass(frozen=True, slots=True)
class Mode:
    """One pixel format and size that a camera gives.

    Attributes
    ----------
    fourcc
        Four letters: "MJPG", "YUYV".
    size
        In pixels; the largest, where the camera takes any size in a range.
    fps
        Frames a second at that size, the highest first; empty where the driver does not say.
    """

    fourcc: str
    size: Size
    fps: tuple[float, ...] = ()

    def __str__(self) -> str:
        rate = f" at {self.fps[0]:g}" if self.fps else ""
        return f"{self.size}{rate} {self.fourcc}"


@dataclass(frozen=True, slots=True)
class Holder:
    """A process that has a device open."""

    pid: int
    name: str

    def __str__(self) -> str:
        return f"{self.name} (pid {self.pid})"


@dataclass(frozen=True, slots=True)
class Device:
    """A device node, or on Windows and macOS a camera.

    Attributes
    ----------
    name
        What the camera calls itself: "HD Pro Webcam C920"; may occur twice.
    index
        The number that OpenCV opens it by.
    path
        "/dev/video0"; empty where there are no nodes.
    bus
        Where it is plugged in: "usb-0000:00:14.0-1"; empty where unknown.
    driver
        Name of the kernel's driver; empty where unknown.
    captures
        It can give pictures now.
    outputs
        It can be sent pictures now, as a virtual camera.
    problem
        Why nothing else is known of it, such as "permission denied"; otherwise empty.
    """

    name: str
    index: int
    path: str = ""
    bus: str = ""
    driver: str = ""
    captures: bool = True
    outputs: bool = False
    problem: str = ""

    @property
    def is_loopback(self) -> bool:
        """True for a device of the v4l2loopback module."""
        return self.driver == "v4l2 loopback" or self.bus.startswith("platform:v4l2loopback")

    @property
    def is_virtual(self) -> bool:
        """True if programs send pictures to it: v4l2loopback, OBS Virtual Camera, Unity Video Capture."""
        return self.is_loopback or self.name.lower().startswith(_virtual_names)

    @property
    def is_camera(self) -> bool:
        """True if pictures can be taken from it and it is not a virtual camera."""
        return self.captures and not self.is_virtual

    def __str__(self) -> str:
        return f"{self.name} ({self.path})" if self.path else f"{self.name} (camera {self.index})"
