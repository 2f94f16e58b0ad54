"""What a sink is, and the registry of sinks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, cast

from live_seg.closing import Closing
from live_seg.config import Config
from live_seg.config.commands import Command
from live_seg.frame import Frame, Image, Size
from live_seg.registry import Registry


class Sink(Protocol):
    """Takes finished pictures. Made as `cls(config, stream)`; used as a context manager.

    A sink never sees the room: the frame that comes with a picture carries that picture as its image.

    Attributes
    ----------
    name
        What it is called in messages and statistics: "window", "out.mp4", "Live Seg Camera (/dev/video9)".
    takes_alpha
        True if it wants (H, W, 4) BGRA with straight alpha where the effect makes it; otherwise it gets BGR.
    main_thread
        True if `write` and `pump` must be called from the program's main thread (windows).
    watched
        True if somebody watches: then a file is played to it at the file's own speed.
    """

    name: str
    takes_alpha: bool
    main_thread: bool
    watched: bool

    def write(self, picture: Image, frame: Frame) -> None:
        """Takes one picture, uint8 (H, W, 3) BGR or (H, W, 4) BGRA; must not change the array.

        A sink that has one size for its life fits other sizes into it (`live_seg.sinks.fit`).

        Raises
        ------
        SinkLost
            If it takes none any more; the loop goes on with the others, and closes it with them.
        """

    def pump(self) -> None:
        """Called some thirty times a second on main-thread sinks, also when there is no new picture."""

    def close(self) -> None:
        """Finishes what was written; may be called twice."""


class SinkBase(Closing):
    """Context manager and defaults for sinks."""

    takes_alpha = False
    main_thread = False
    watched = False

    def pump(self) -> None:
        """Nothing to do."""


class Stream:
    """What a sink may know of the stream before the first picture.

    Attributes
    ----------
    size
        Size of the source's frames.
    fps
        Frames a second, the source's own or the one asked for; never 0.
    lossless
        True if every frame of a file comes exactly once: then picture n belongs at n / fps seconds.
        False if pictures come when they come: then `Frame.time` says when.
    sound_from
        A media file whose sound belongs to the pictures, or empty.
    control
        Takes a change of the configuration (`live_seg.config.commands`) from a sink that has keys.
    status
        Lines of text for a sink that shows how the app is doing.
    effects
        Names of the effects that there are.
    has_alpha
        True if the effect makes BGRA. Pictures that are hidden, which may come first, are BGR all the same.
    """

    __slots__ = ("control", "effects", "fps", "has_alpha", "lossless", "size", "sound_from", "status")

    def __init__(
        self,
        size: Size,
        fps: float,
        lossless: bool,
        sound_from: str = "",
        control: Callable[[Command], None] = lambda command: None,
        status: Callable[[], Sequence[str]] = tuple,
        effects: Sequence[str] = (),
        has_alpha: bool = False,
    ) -> None:
        self.size = size
        self.fps = fps
        self.lossless = lossless
        self.sound_from = sound_from
        self.control = control
        self.status = status
        self.effects = effects
        self.has_alpha = has_alpha


sinks: Registry[Sink] = Registry("sink", "live_seg.sinks")
"""window, virtual_camera, file, null, and those of other packages. Made as `cls(config, stream)`."""


class SinkClass(Protocol):
    """How a sink is made."""

    def __call__(self, config: Config, stream: Stream) -> Sink:
        """Opens it; raises `SinkError` or `UsageError` with the cure if that cannot be."""


def open_sink(name: str, config: Config, stream: Stream) -> Sink:
    """Opens the sink of that name.

    Raises
    ------
    SinkError
        If there is no screen, no virtual camera, or no place to write.
    UsageError
        If there is no such sink, or its file cannot hold what is to be written.
    """
    with sinks.making(name):
        return cast(SinkClass, sinks.get(name))(config, stream)
