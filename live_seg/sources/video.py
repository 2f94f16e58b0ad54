"""A video file."""

from __future__ import annotations

from pathlib import Path

from live_seg.config import Config
from live_seg.frame import Clock, Frame
from live_seg.media import VideoFile
from live_seg.sources.source import SourceBase, sources


@sources.register("video")
class VideoSource(SourceBase):
    """A video file: every frame exactly once, in order, upright, at the time that the file gives it.

    `Frame.time` is in seconds since the beginning of the file. A file that breaks off in the middle gives the
    frames that can be decoded, then ends with a warning in the log; an MP4 that was cut short before its index was
    written cannot be opened.
    """

    live = False

    def __init__(self, address: str, config: Config, clock: Clock) -> None:
        del config, clock
        self._file = VideoFile(address)
        self.name = Path(address).name
        self.size = self._file.size
        self.fps = self._file.fps
        self._next = 0
        self._open = True

    def read(self, timeout_s: float) -> Frame | None:
        """Next frame, or None at the end."""
        del timeout_s
        item = next(self._file, None) if self._open else None
        if item is None:
            return None
        time_s, image = item
        self._next += 1
        return Frame(image, self._next - 1, time_s)

    def close(self) -> None:
        """Closes the file; may be called twice."""
        self._open = False
        self._file.close()
