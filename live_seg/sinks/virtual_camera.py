"""The camera that Zoom, Meet, Teams, OBS and Discord can choose."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from live_seg.config import Config
from live_seg.devices import Device, list_devices
from live_seg.devices.loopback import choose_output, module
from live_seg.errors import SinkError, SinkLost
from live_seg.frame import Frame, Image, Size
from live_seg.sinks.fit import fit
from live_seg.sinks.sink import SinkBase, Stream, sinks

_cures = {
    "win32": "Install OBS Studio from obsproject.com: it brings the OBS Virtual Camera. Or install Unity Capture.",
    "darwin": "Install OBS Studio from obsproject.com, press its Start Virtual Camera once, and quit it.",
}


@sinks.register("virtual_camera")
class VirtualCameraSink(SinkBase):
    """v4l2loopback on Linux; OBS Virtual Camera or Unity Capture on Windows; OBS Virtual Camera on macOS.

    It is opened once and keeps one size until it is closed, whatever the source does: programs that read it
    show garbage, or hang, when either changes. Pictures of another size are fitted in.

    Raises
    ------
    SinkError
        If there is none, or it cannot be sent to: with the line to run.
    """

    watched = True

    def __init__(self, config: Config, stream: Stream, *, devices: Callable[[], list[Device]] = list_devices) -> None:
        pyvirtualcam = _library()
        asked = Size.parse(config.virtual_camera.size) if config.virtual_camera.size else stream.size
        # What travels has one colour sample for 2x2 pixels: odd sizes are refused, or hidden, by some readers.
        self._size = Size(max(2, asked.width & ~1), max(2, asked.height & ~1))
        wanted = config.virtual_camera.device
        device = choose_output(wanted, devices(), module()) if sys.platform == "linux" else None
        try:
            self._camera = pyvirtualcam.Camera(
                width=self._size.width,
                height=self._size.height,
                fps=stream.fps,
                fmt=pyvirtualcam.PixelFormat.BGR,  # turned into I420 by the library, in one pass and without a copy
                device=device.path if device else wanted or None,
            )
        except (RuntimeError, ValueError, OSError) as error:
            raise _not_opened(str(device or wanted or "the virtual camera"), error) from error
        self.name = str(device) if device else str(self._camera.device)

    @property
    def size(self) -> Size:
        """Size of what is sent, the same for its whole life."""
        return self._size

    def write(self, picture: Image, frame: Frame) -> None:
        """Sends one picture, uint8 (H, W, 3) BGR.

        Raises
        ------
        SinkLost
            If it cannot be sent.
        """
        if self._camera is None:
            raise SinkLost(f"{self.name} is closed")
        if Size.of(picture) != self._size:
            picture = fit(picture, self._size)
        try:
            self._camera.send(picture)
        except (RuntimeError, OSError) as error:
            raise SinkLost(f"{self.name} takes no more pictures: {error}", "Start live-seg again.") from error

    def close(self) -> None:
        """Ends the sender; may be called twice."""
        camera, self._camera = self._camera, None
        if camera is not None:
            camera.close()


def _library() -> Any:
    """pyvirtualcam, which is under GPL-2.0: imported here only, when a virtual camera is used."""
    try:
        import pyvirtualcam
    except ImportError as error:
        raise SinkError(
            f"the virtual camera needs pyvirtualcam: {error}", f"Run: {sys.executable} -m pip install pyvirtualcam"
        ) from None
    return pyvirtualcam


def _not_opened(name: str, error: Exception) -> SinkError:
    reason = "; ".join(str(error).split("\n"))
    cure = _cures.get(sys.platform, "`live-seg doctor` says what is missing.")
    return SinkError(f"{name} cannot be opened ({reason})", cure)
