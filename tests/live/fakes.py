"""What the tests of the loop put in place of camera, network and sinks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import cast

import numpy as np

from live_seg.engines import Blob
from live_seg.errors import EngineError, SinkLost, SourceLost
from live_seg.frame import Clock, Frame, Image, Matte, Size
from live_seg.matting import Choice
from live_seg.models import Model, Network
from live_seg.sinks import SinkBase
from live_seg.sources import SourceBase

ROOM = 200
"""Level of every pixel of the room, which must never be seen."""

SIZE = Size(64, 48)


class ManualClock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def room_frame(index: int = 0, time: float = 100.0, size: Size = SIZE) -> Frame:
    """A frame with a fine pattern that no blurring keeps: columns of 0 and 200."""
    image = np.zeros((size.height, size.width, 3), np.uint8)
    image[:, ::2] = ROOM
    return Frame(image, index, time)


def matte_of(frame: Frame, alpha: int = 0, time: float | None = None, person: bool = True) -> Matte:
    """A matte with a person (255) in the middle and `alpha` elsewhere."""
    values = np.full(frame.image.shape[:2], alpha, np.uint8)
    if person:
        height, width = values.shape
        values[height // 4 :, width // 4 : 3 * width // 4] = 255
    return Matte(values, 0.9, frame.time if time is None else time)


class Recorder(SinkBase):
    """A sink that keeps what it got; may die after some pictures."""

    def __init__(
        self,
        name: str = "recorder",
        takes_alpha: bool = False,
        dies_after: int | None = None,
        of: type[BaseException] = SinkLost,
    ) -> None:
        self.name = name
        self.takes_alpha = takes_alpha
        self.pictures: list[Image] = []
        self.frames: list[Frame] = []
        self.closed = 0
        self._dies_after = dies_after
        self._of = of

    def write(self, picture: Image, frame: Frame) -> None:
        if self._dies_after is not None and len(self.pictures) >= self._dies_after:
            raise self._of(f"{self.name} is full")
        self.pictures.append(picture.copy())
        self.frames.append(frame)

    def close(self) -> None:
        self.closed += 1


class ListSource(SourceBase):
    """Gives prepared frames, or raises what stands between them."""

    fps = 30.0

    def __init__(self, items: list[Frame | BaseException], live: bool = False) -> None:
        self.name = "list"
        self.live = live
        self.size = SIZE
        self._items = list(items)

    def read(self, timeout_s: float) -> Frame | None:
        if not self._items:
            return None
        item = self._items.pop(0)
        if isinstance(item, BaseException):
            raise item
        return item


class EndlessSource(SourceBase):
    """A camera whose frames carry the time of the clock."""

    fps = 30.0
    live = True

    def __init__(self, clock: Clock) -> None:
        self.name = "camera"
        self.size = SIZE
        self._clock = clock
        self._count = 0

    def read(self, timeout_s: float) -> Frame | None:
        threading.Event().wait(0.001)  # a camera takes its time too
        self._count += 1
        return room_frame(self._count - 1, self._clock())


class ScriptedNetwork:
    """A network that does what a script says for each frame; at its end it goes on with the last word.

    "person": a person in the middle; "error": the engine fails; "nan", "shape": it gives rubbish; "hang": it waits
    until `released` is set.
    """

    device = "script"
    engine = "script"

    def __init__(self, script: Iterable[str] = ("person",)) -> None:
        self.model = Model("script", Path("script.onnx"), "fp32")
        self.released = threading.Event()
        self.closed = 0
        self.runs = 0
        self._script = list(script)

    def input_size(self, frame: Size) -> Size:
        return Size(32, 32)

    def __call__(self, blob: Blob) -> Blob:
        word = self._script[min(self.runs, len(self._script) - 1)]
        self.runs += 1
        logits = np.full((1, 1, *blob.shape[2:]), -20, np.float32)
        logits[..., 8:, 8:24] = 20
        if word == "error":
            raise EngineError("the GPU fell off the bus")
        if word == "nan":
            logits[..., 3, 3] = np.nan
        if word == "hang":
            self.released.wait(20)
        return checked(logits)

    def close(self) -> None:
        self.closed += 1


def checked(logits: Blob) -> Blob:
    """What `Network` does with what an engine gives."""
    if not np.isfinite(logits).all():
        raise EngineError("the network gave what is not a number")
    return logits


def loads(network: ScriptedNetwork) -> Callable[[Size], Choice]:
    """The `load` of a pipeline that gives this network."""
    return lambda size: Choice(cast(Network, network), "script on nothing")


__all__ = [
    "ROOM",
    "SIZE",
    "EndlessSource",
    "EngineError",
    "ListSource",
    "ManualClock",
    "Recorder",
    "ScriptedNetwork",
    "SourceLost",
]
