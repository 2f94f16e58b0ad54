"""The window on this screen, and its keys."""

from __future__ import annotations

import ctypes
import logging
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import cv2
import numpy as np

from live_seg.config import Config
from live_seg.config.commands import end, following, toggle
from live_seg.errors import SinkError
from live_seg.frame import Frame, Image, Size
from live_seg.sinks.picture_writer import save_picture
from live_seg.sinks.screen import screen_problem
from live_seg.sinks.sink import SinkBase, Stream, sinks

log = logging.getLogger("live_seg")

TITLE = "live-seg"

KEYS = {
    "b": "next effect",
    "m": "mirror",
    "p": "pause: a card instead of the camera",
    "s": "statistics",
    "o": "save this picture",
    "h": "this help",
    "q": "quit",
}
"""Key -> what it does; Escape quits too."""

_CHECKER_PX = 16
_LARGEST = Size(1280, 720)


@sinks.register("window")
class Window(SinkBase):
    """A resizable window with keys: `h` lists them. Lives in the main thread, as every window must."""

    name = "window"
    takes_alpha = True
    main_thread = True
    watched = True

    def __init__(self, config: Config, stream: Stream) -> None:
        problem = screen_problem()
        if problem:
            raise SinkError(f"no window: {problem}", "Use --output FILE or --virtual-camera, and --no-window.")
        os.environ.setdefault("QT_LOGGING_RULES", "*.warning=false")  # Qt's complaints about fonts help nobody
        self._stream = stream
        self._statistics = config.window.statistics
        self._help = False
        self._picture: Image | None = None
        self._open = False

    def write(self, picture: Image, frame: Frame) -> None:
        """Shows the picture; see `Sink`."""
        self._picture = picture
        if not self._open:
            self._create(Size.of(picture))
        self._draw()

    def pump(self) -> None:
        """Sees to keys and to the window's close button."""
        if not self._open:
            return
        key = cv2.pollKey()
        if key >= 0:
            self._press(chr(key & 0xFF).lower())
        # On macOS OpenCV's windows have no close button, and one in the Dock, or hidden with Cmd+H, is not visible.
        if sys.platform != "darwin" and cv2.getWindowProperty(TITLE, cv2.WND_PROP_VISIBLE) < 1:
            self._stream.control(end)

    def close(self) -> None:
        """Closes the window; may be called twice."""
        if self._open:
            self._open = False
            cv2.destroyWindow(TITLE)

    def _create(self, size: Size) -> None:
        keep_events()
        cv2.namedWindow(TITLE, cv2.WINDOW_NORMAL | cv2.WINDOW_KEEPRATIO | cv2.WINDOW_GUI_NORMAL)
        scale = min(1.0, _LARGEST.width / size.width, _LARGEST.height / size.height)
        cv2.resizeWindow(TITLE, round(size.width * scale), round(size.height * scale))
        self._open = True

    def _press(self, key: str) -> None:
        control = self._stream.control
        if key in ("q", "\x1b"):
            control(end)
        elif key == "b":
            control(following("effect.name", self._stream.effects))
        elif key == "m":
            control(toggle("source.mirror"))
        elif key == "p":
            control(toggle("run.paused"))
        elif key == "s":
            self._statistics = not self._statistics
            self._draw()
        elif key == "h":
            self._help = not self._help
            self._draw()
        elif key == "o":
            self._save()

    def _draw(self) -> None:
        if self._picture is None:
            return
        shown = over_checker(self._picture) if self._picture.shape[2] == 4 else self._picture
        lines: list[str] = []
        if self._statistics:
            lines += self._stream.status()
        if self._help:
            lines += [f"{key}  {what}" for key, what in KEYS.items()]
        cv2.imshow(TITLE, with_text(shown, lines) if lines else shown)

    def _save(self) -> None:
        if self._picture is None:
            return
        file = Path(f"live-seg-{datetime.now():%Y%m%d-%H%M%S-%f}"[:-3] + ".png")
        try:
            save_picture(self._picture, file)
            log.info("saved %s", file.resolve())
        except OSError as error:
            reason = error.strerror or str(error)
            log.error(
                "the picture was not saved: %s. Start live-seg in a folder that can be written to.", reason.lower()
            )


def keep_events() -> None:
    """Sees to it that X11 tells OpenCV's Qt that its window is there: where it does not, the window stays black.

    OpenCV's packages bring a libX11-xcb of their own. By it Qt says that X11's events are for Qt alone, but what it
    writes to is a structure of the system's libX11, which has another layout in libX11 1.8 than in theirs: events come
    to both, and some get lost. The system's libX11-xcb knows the layout; loaded for all, before Qt's plugin, it is the
    one that Qt calls.
    """
    if sys.platform == "linux":
        with suppress(OSError):  # then there is none, and it is as it was
            ctypes.CDLL("libX11-xcb.so.1", mode=ctypes.RTLD_GLOBAL)


def over_checker(picture: Image) -> Image:
    """uint8 (H, W, 3) of a BGRA picture over the grey checkerboard that means nothing is there."""
    height, width = picture.shape[:2]
    rows, columns = np.arange(height)[:, None] // _CHECKER_PX, np.arange(width) // _CHECKER_PX
    checker = np.where((rows + columns) % 2, np.uint8(153), np.uint8(102))[..., None]
    alpha = picture[..., 3:].astype(np.uint16)
    mixed = (picture[..., :3] * alpha + checker * (255 - alpha) + 127) // 255
    return mixed.astype(np.uint8)


def with_text(picture: Image, lines: Sequence[str]) -> Image:
    """A copy of a BGR picture with lines of text in its upper left corner, on a darkened ground."""
    shown = picture.copy()
    scale = max(0.35, picture.shape[0] / 1100)
    step = round(34 * scale)
    font = cv2.FONT_HERSHEY_SIMPLEX
    width = max(cv2.getTextSize(line, font, scale, 1)[0][0] for line in lines) + step
    ground = shown[: step * len(lines) + step // 2, :width]
    ground[:] = ground // 3
    for number, line in enumerate(lines, 1):
        cv2.putText(shown, line, (step // 2, step * number), font, scale, (255, 255, 255), 1, cv2.LINE_AA)
    return shown
