"""A webcam, by its index, its path, or part of its name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from live_seg.config import Config
from live_seg.devices import Device, label_of_ours, list_devices
from live_seg.devices.choose import choose, find_again
from live_seg.devices.faults import check_capturing, not_opened
from live_seg.errors import SourceError, SourceLost
from live_seg.frame import Clock, Frame, Size
from live_seg.sources.capture import difference, format_of, open_capture, rate_of, waits_in_retrieve
from live_seg.sources.grabber import Capture, Grabber
from live_seg.sources.source import SourceBase, sources

ListDevices = Callable[[], list[Device]]
OpenCapture = Callable[[Device, Size, float], Capture | None]

first_picture_s = 10.0  # cheap webcams need three seconds to their first picture, and more on a full USB hub


@sources.register("camera")
class CameraSource(SourceBase):
    """A webcam or another capture device: `0`, `/dev/video2`, part of a name, or `auto` for the first one.

    Attributes
    ----------
    device
        What was opened.
    format
        Pixel format that the camera sends, such as "MJPG"; empty where unknown.
    notes
        Lines for the user about what is not as asked for.

    Raises
    ------
    SourceError
        If the camera is absent, forbidden, busy, cannot capture, or is our own virtual camera.
    UsageError
        If the name fits several cameras.
    """

    live = True

    def __init__(
        self,
        address: str,
        config: Config,
        clock: Clock,
        *,
        devices: ListDevices = list_devices,
        open_: OpenCapture = open_capture,
        first_picture_s: float = first_picture_s,
    ) -> None:
        self._open(choose(address, devices()), config, clock, devices, open_, first_picture_s)

    def again(self) -> CameraSource:
        """The same camera, found by its name and opened anew; this one must be closed before.

        Raises
        ------
        SourceError
            If it is not there, or cannot be opened yet.
        """
        device = find_again(self.device, self._devices())
        other = CameraSource.__new__(CameraSource)
        other._open(device, self._config, self._clock, self._devices, self._open_capture, self._first_picture_s)
        return other

    def read(self, timeout_s: float) -> Frame:
        """The newest picture that was not given yet; its time is when the driver handed it over.

        Raises
        ------
        SourceLost
            If none came within `timeout_s`, or the camera is gone.
        """
        grabbed = self._grabber.take(timeout_s)
        if grabbed is None and self._grabber.ended:
            raise SourceLost(f"{self.name} is gone", "Is it still plugged in?")
        if grabbed is None:
            raise SourceLost(f"{self.name} gave no picture for {timeout_s:g} s", "Unplug it and plug it in again.")
        frame = Frame(grabbed.image, self._count, grabbed.time)
        self._count += 1
        return frame

    def close(self) -> None:
        """Releases the camera; returns in 1.5 s even if the driver hangs."""
        self._grabber.close()

    def _open(
        self,
        device: Device,
        config: Config,
        clock: Clock,
        devices: ListDevices,
        open_: OpenCapture,
        first_picture_s: float,
    ) -> None:
        refuse_own_output(device, config)
        check_capturing(device)
        asked, asked_fps = Size.parse(config.source.size), config.source.fps
        capture = open_(device, asked, asked_fps)
        if capture is None:
            raise not_opened(device)
        self.device, self.name = device, str(device)
        self.format, self.fps = format_of(capture), rate_of(capture)
        self._config, self._clock, self._devices = config, clock, devices
        self._open_capture, self._first_picture_s = open_, first_picture_s
        self._count = 0
        self._grabber = Grabber(
            capture,
            clock,
            is_gone=lambda: bool(device.path) and not Path(device.path).exists(),
            waits_in_retrieve=waits_in_retrieve(capture),
        )
        first = self._grabber.peek(first_picture_s)
        if first is None:
            self.close()
            raise SourceError(
                f"{device} was opened and gives no picture",
                "Unplug it and plug it in again, at another plug; a hub may have too little power or bandwidth.",
            )
        self.size = Size.of(first.image)
        self.notes = difference(asked, asked_fps, self.size, self.fps, self.format)


def refuse_own_output(device: Device, config: Config) -> None:
    """Passes every device but the virtual camera that we send to.

    Raises
    ------
    SourceError
        If it would feed itself.
    """
    ours = config.virtual_camera
    is_configured = bool(ours.device) and ours.device in (device.path, device.name)
    is_labelled = device.is_virtual and device.name == label_of_ours
    is_only_choice = ours.show and not ours.device and device.is_virtual and not device.is_loopback
    if is_configured or is_labelled or is_only_choice:
        raise SourceError(
            f"{device} is the virtual camera that live-seg sends to: it would feed itself",
            "Choose a real camera: `live-seg devices`.",
        )
