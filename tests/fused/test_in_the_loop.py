"""The loop with one graph for the whole picture shows what it shows without, on the CPU."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fake_gpu import noise
from made_clips import make_clip

from live_seg.config import Config, build
from live_seg.config.commands import end, setting
from live_seg.frame import Frame, Image, Matte, Size
from live_seg.live import pipeline
from live_seg.live.guard import Guard
from live_seg.live.pipeline import Pipeline
from live_seg.matting import Choice
from live_seg.models import Model, Network
from live_seg.sinks import SinkBase
from live_seg.sources import SourceBase

SIZE = Size(320, 180)


class Noise(SourceBase):
    """A file of so many frames, or a camera that never ends."""

    name = "noise"
    fps = 30.0
    size = SIZE

    def __init__(self, count: int) -> None:
        self.live = not count
        self._left = count
        self._index = 0

    def read(self, timeout_s: float) -> Frame | None:
        if self._index >= self._left and not self.live:
            return None
        self._index += 1
        return Frame(noise(180, 320, self._index), self._index, time.monotonic() if self.live else self._index / 30)


class Kept(SinkBase):
    """Keeps the pictures; live, asks for another effect after some, and ends when green ones came."""

    name = "kept"

    def __init__(self) -> None:
        self.pictures: list[Image] = []
        self.greens = 0
        self.pipeline: Pipeline | None = None
        self.deadline = time.monotonic() + 60

    def write(self, picture: Image, frame: Frame) -> None:
        self.pictures.append(picture)
        if self.pipeline and len(self.pictures) == 5:
            self.pipeline.commands.put(setting("effect.name", "replace"))
        self.greens += is_green(picture)
        if self.pipeline and (self.greens > 30 or time.monotonic() > self.deadline):
            self.pipeline.commands.put(end)


def is_green(picture: Image) -> bool:
    return bool((picture == (64, 177, 0)).all(axis=2).mean() > 0.1)


def run(model: Model, config: Config, sink: Kept, count: int) -> list[str]:
    """Runs the loop; gives what the statistics say of the engine."""
    with Network(model, "cpu", config.engine) as network:
        pipeline = Pipeline(config, Noise(count), lambda size: Choice(network, "small on CPU"), lossless=bool(count))
        sink.pipeline = None if count else pipeline
        pipeline.run([sink])
    return pipeline.statistics.lines()


def configured(fused: str, effect: str = "blur", background: str = "#00b140") -> Config:
    values: dict[str, Any] = {"engine": {"name": "cpu", "threads": 1, "fused": fused}, "effect": {"name": effect}}
    values["replace"] = {"background": background}
    return build({**values, "guard": {"max_age_ms": 5000, "empty_ms": 0}, "matting": {"sure": 0.0}})


@pytest.mark.parametrize("effect", ["blur", "replace"])
def test_a_file_gives_the_same_pictures_with_and_without(model: Model, effect: str) -> None:
    runs = {fused: Kept() for fused in ("never", "always")}
    for fused, sink in runs.items():
        run(model, configured(fused, effect), sink, 12)
    assert len(runs["always"].pictures) == 12
    for one, other in zip(runs["never"].pictures, runs["always"].pictures, strict=True):
        assert np.abs(one.astype(int) - other).max() <= 2


def test_a_video_stands_behind_the_person_with_and_without(model: Model, tmp_path: Path) -> None:
    make_clip(tmp_path / "clip.mp4")
    runs = {fused: Kept() for fused in ("never", "always")}
    for fused, sink in runs.items():
        run(model, configured(fused, "replace", str(tmp_path / "clip.mp4")), sink, 12)
    for one, other in zip(runs["never"].pictures, runs["always"].pictures, strict=True):
        assert np.abs(one.astype(int) - other).max() <= 2


def test_the_graph_makes_every_picture_of_a_file(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which way a picture is made may differ by a level: that must not depend on how long the graph takes to load."""
    by_graph: list[bool] = []

    class Watched(Guard):
        def show(self, frame: Frame, matte: Matte | None) -> bool:
            by_graph.append(matte is not None and matte.finished is not None)
            return super().show(frame, matte)

    monkeypatch.setattr(pipeline, "Guard", Watched)
    run(model, configured("always"), Kept(), 4)
    assert by_graph == 4 * [True]


def test_an_effect_that_is_changed_while_running_is_shown_at_once(model: Model) -> None:
    sink = Kept()
    run(model, configured("always"), sink, 0)
    assert sink.greens > 30
