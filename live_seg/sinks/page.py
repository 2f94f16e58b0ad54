"""The live tab of the web page: a JPEG for everybody who looks."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator

import cv2

from live_seg.config import Config
from live_seg.errors import SinkLost
from live_seg.frame import Frame, Image, Size
from live_seg.shrink import shrink
from live_seg.sinks.sink import SinkBase, Stream, sinks
from live_seg.sinks.window import over_checker

_LARGEST = Size(1280, 720)
"""Larger pictures are shrunk to fit: what a browser's window shows of them, at a tenth of the bytes of a 4K picture."""

_QUALITY = 80
"""JPEG quality: no blocks to be seen, 60 to 90 kB a picture at 1280x720."""


class Viewers:
    """Who looks. Outlives the sink, so that nobody has to look again when the camera is opened anew."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._shows: list[Callable[[bytes], None]] = []

    def __len__(self) -> int:
        return len(self._shows)

    @contextlib.contextmanager
    def looking(self, show: Callable[[bytes], None]) -> Iterator[None]:
        """One viewer more within the block.

        Parameters
        ----------
        show
            Called with each picture, a JPEG file, in the sink's thread; must not wait.
        """
        with self._lock:
            self._shows.append(show)
        try:
            yield
        finally:
            with self._lock:
                self._shows.remove(show)

    def send(self, jpeg: bytes) -> None:
        """Shows a picture to all of them."""
        with self._lock:
            shows = list(self._shows)
        for show in shows:
            show(jpeg)


@sinks.register("page")
class PageSink(SinkBase):
    """The live tab of `live-seg web`. One JPEG for all viewers, and none while nobody looks.

    Attributes
    ----------
    viewers
        Who looks; the web page puts its own here.
    """

    name = "page"
    takes_alpha = True
    watched = True

    def __init__(self, config: Config, stream: Stream) -> None:
        del config, stream
        self.viewers = Viewers()

    def write(self, picture: Image, frame: Frame) -> None:
        """Sends the picture; what is transparent is shown as a grey checkerboard."""
        del frame
        if len(self.viewers):
            self.viewers.send(as_jpeg(picture))


def as_jpeg(picture: Image) -> bytes:
    """A JPEG file of a BGR or BGRA picture, no larger than 1280x720."""
    size = Size.of(picture)
    scale = min(_LARGEST.width / size.width, _LARGEST.height / size.height)
    if scale < 1:
        picture = shrink(picture, Size(max(1, round(size.width * scale)), max(1, round(size.height * scale))))
    if picture.shape[2] == 4:
        picture = over_checker(picture)
    done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    if not done:
        raise SinkLost(f"a picture of {size} cannot be encoded")
    return data.tobytes()
