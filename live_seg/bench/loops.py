"""The loops that are compared: the app's own, and what one writes first."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from live_seg.bench.clip import Camera, Endless
from live_seg.bench.round import SINK
from live_seg.config import Config
from live_seg.engines import Blob, Engine
from live_seg.errors import UsageError
from live_seg.frame import Clock, Image, Size
from live_seg.live.pipeline import Pipeline
from live_seg.live.statistics import Statistics
from live_seg.matting import Choice
from live_seg.models import Model, Network
from live_seg.sinks import Stream, open_sink

Soft = NDArray[np.float32]
"""float32 (H, W), 0..1, 1 = person."""

_ROOM_COLOUR = (64, 177, 0)


class Timed:
    """A network whose calls are counted as stage "network"."""

    def __init__(self, network: Network, statistics: Statistics) -> None:
        self.model = network.model
        self.engine = network.engine
        self._network = network
        self._statistics = statistics

    @property
    def device(self) -> str:
        """See `Network`."""
        return self._network.device

    def input_size(self, frame: Size) -> Size:
        """See `Network`."""
        return self._network.input_size(frame)

    def load(self, size: Size) -> Engine:
        """See `Network`."""
        return self._network.load(size)

    def __call__(self, blob: Blob) -> Blob:
        """See `Network`."""
        start = time.perf_counter()
        logits = self._network(blob)
        self._statistics.took("network", time.perf_counter() - start)
        return logits

    def close(self) -> None:
        """See `Network`."""
        self._network.close()


def own(network: Network, config: Config, lossless: bool, source: Endless | Camera, statistics: Statistics) -> None:
    """The app's loop from the source to the null sink; every frame if lossless, the newest otherwise."""
    sink = open_sink("null", config, Stream(source.size, source.fps, lossless))
    choice = Choice(cast(Network, Timed(network, statistics)), network.device)
    Pipeline(config, source, lambda size: choice, lossless, statistics=statistics).run([sink])


def straightforward(
    matte: Callable[[Image], Soft],
    effect: str,
    source: Endless | Camera,
    statistics: Statistics,
    clock: Clock = time.perf_counter,
) -> None:
    """What one writes first: one thing after the other, the room blurred at full size, laid together in floats.

    Raises
    ------
    UsageError
        If it does not have the effect.
    """
    if effect not in ("blur", "replace"):
        raise UsageError(f"the straightforward pipeline has no {effect}", "It has blur and replace.")
    colour = np.full((source.size.height, source.size.width, 3), _ROOM_COLOUR, np.uint8)
    while (frame := source.read(0)) is not None:
        start = clock()
        alpha = matte(frame.image)[..., None]
        matted = clock()
        room = cv2.GaussianBlur(frame.image, (0, 0), 16 * min(source.size) / 720) if effect == "blur" else colour
        (frame.image * alpha + room * (1 - alpha)).astype(np.uint8)
        now = clock()
        statistics.took("matte", matted - start)
        statistics.took("compose", now - matted)
        statistics.shown(SINK, frame.time, now)


def first_matte(network: Network, model: Model, frame: Size) -> Callable[[Image], Soft]:
    """Frame to matte as one writes it first: by OpenCV and NumPy's floats.

    Parameters
    ----------
    network
        Computes in fp32.
    model
        Its rule gives the input's size: that of our own row, so that both do the same work.
    frame
        Size of the frames.
    """
    size = model.input_size(frame)
    mean, deviation = np.array(network.model.mean, np.float32), np.array(network.model.std, np.float32)

    def matte(image: Image) -> Soft:
        small = cv2.cvtColor(cv2.resize(image, size, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2RGB)
        blob = ((small.astype(np.float32) / 255 - mean) / deviation).transpose(2, 0, 1)[None]
        logits = network(np.ascontiguousarray(blob))[0, 0]
        return np.asarray(cv2.resize(1 / (1 + np.exp(-logits)), frame), np.float32)

    return matte
