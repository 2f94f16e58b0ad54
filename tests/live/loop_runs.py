"""Whole runs of the loop, offline and live, and what is looked for in their pictures."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from fakes import (
    ROOM,
    SIZE,
    EndlessSource,
    ListSource,
    Recorder,
    ScriptedNetwork,
    loads,
    room_frame,
)

from live_seg.config import Config, build
from live_seg.config.commands import Command, end
from live_seg.frame import Frame, Image
from live_seg.live.pipeline import Pipeline
from live_seg.sinks import Sink

GREEN = build(
    {
        "effect": {"name": "replace"},
        "replace": {"background": "#00ff00"},
        "matting": {"refine": "bilinear"},
        "guard": {"max_age_ms": 20000},  # whatever the machine that tests is doing, only faults hide the room
    }
)


def frames(count: int) -> list[Frame | BaseException]:
    return [room_frame(number, number / 30) for number in range(count)]


def offline(items: list[Any], network: ScriptedNetwork, config: Config = GREEN, sinks: Any = None) -> list[Recorder]:
    recorders = sinks or [Recorder()]
    Pipeline(config, ListSource(items), loads(network), lossless=True).run(recorders)
    return list(recorders)


def is_green(picture: Image) -> bool:
    """Whether the corner, which is room, was replaced."""
    return bool((picture[0, 0] == (0, 255, 0)).all())


def shows_room(picture: Image) -> bool:
    """Whether the room's columns are to be seen in the corner."""
    corner = picture[: SIZE.height // 8, : SIZE.width // 8].astype(int)
    return bool(np.abs(np.diff(corner, axis=1)).max() > ROOM // 8)


class Watching(Recorder):
    """A recorder that sends commands after some pictures, and ends the run when it has seen enough."""

    def __init__(self, commands: dict[int, Command], last: int) -> None:
        super().__init__()
        self._commands = commands
        self._last = last
        self.pipeline: Pipeline | None = None

    def write(self, picture: Image, frame: Frame) -> None:
        super().write(picture, frame)
        assert self.pipeline
        count = len(self.pictures)
        if count in self._commands:
            self.pipeline.commands.put(self._commands[count])
        if count >= self._last:
            self.pipeline.commands.put(end)


def live(
    network: ScriptedNetwork,
    commands: dict[int, Command],
    last: int,
    config: Config = GREEN,
    beside: Sequence[Sink] = (),
) -> Watching:
    sink = Watching(commands, last)
    pipeline = Pipeline(config, EndlessSource(time.monotonic), loads(network), lossless=False)
    sink.pipeline = pipeline
    pipeline.run([sink, *beside])
    return sink
