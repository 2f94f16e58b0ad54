"""Nowhere: for measuring, and for tests."""

from __future__ import annotations

from live_seg.config import Config
from live_seg.frame import Frame, Image
from live_seg.sinks.sink import SinkBase, Stream, sinks


@sinks.register("null")
class NullSink(SinkBase):
    """Counts pictures and lets them go.

    Attributes
    ----------
    count
        Pictures that came.
    """

    takes_alpha = True

    def __init__(self, config: Config, stream: Stream) -> None:
        del config, stream
        self.name = "null"
        self.count = 0

    def write(self, picture: Image, frame: Frame) -> None:
        """Counts one more."""
        del picture, frame
        self.count += 1
