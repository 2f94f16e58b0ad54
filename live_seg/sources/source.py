"""What a source is; the registry of sources; how an address finds its source."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from live_seg.closing import Closing
from live_seg.config import Config
from live_seg.frame import Clock, Frame, Size
from live_seg.registry import Registry


class Source(Protocol):
    """Gives frames. Made as `cls(address, config, clock)`; used as a context manager.

    Attributes
    ----------
    name
        What it is called in messages and statistics: "Logitech C920 (/dev/video0)", "clip.mp4".
    size
        Width and height of its frames, in pixels, as really given and not as asked for.
    fps
        Frames a second as far as the source says it; 0 where it does not.
    live
        True for a camera, which cannot wait and cannot be asked twice; False for files and generators.
    notes
        Lines for the user about what is not as it was asked for.
    """

    name: str
    size: Size
    fps: float
    live: bool
    notes: Sequence[str]

    def read(self, timeout_s: float) -> Frame | None:
        """Next frame, or None when the source is over.

        A live source gives the newest frame that was not given yet and waits for one at most `timeout_s`.

        Raises
        ------
        SourceLost
            If a live source gave no frame for `timeout_s`, or is gone; or a file breaks off.
        """

    def close(self) -> None:
        """Releases the device or file; may be called twice, and of a live source while another thread is in `read`."""


class SourceBase(Closing):
    """Context manager for sources: `close` at the end; nothing to remark."""

    notes: Sequence[str] = ()


class SourceClass(Protocol):
    """How a source is made."""

    def __call__(self, address: str, config: Config, clock: Clock) -> Source:
        """Opens it.

        Raises
        ------
        UsageError
            If the address is a file that is missing, empty or cannot be read as what it claims to be.
        SourceError
            If a device cannot be opened: says why, and what to do.
        """


sources: Registry[Source] = Registry("source", "live_seg.sources")
"""camera, video, picture, demo, synthetic, and those of other packages."""
