"""Scenes before a camera, and the gate that looks at them as the loop does."""

from __future__ import annotations

import threading

import cv2
import numpy as np
from fakes import ListSource, Recorder

from live_seg.config.tree import Gate as GateConfig
from live_seg.frame import Frame, Image, Matte, Size
from live_seg.live.gate import Gate

FULL, SMALL = Size(320, 192), Size(160, 96)
FPS = 30


def room(seed: int = 0) -> Image:
    """A room of soft shapes, uint8, at the size of the network's input."""
    noise = np.random.default_rng(seed).integers(0, 256, (SMALL.height, SMALL.width, 3), np.uint8)
    soft = cv2.normalize(cv2.GaussianBlur(noise, (0, 0), 6), None, 40, 200, cv2.NORM_MINMAX)  # type: ignore[call-overload]
    return np.asarray(soft, np.uint8)


def noisy(image: Image, level: float, random: np.random.Generator) -> Image:
    """What a camera makes of it: noise of that standard deviation at the network's size."""
    return np.asarray(np.clip(image + random.normal(0, level, image.shape), 0, 255).round(), np.uint8)


class Scene:
    """Drives a gate as the loop does, at 30 frames a second; its network always says `alpha`."""

    def __init__(self, gate: Gate | None = None) -> None:
        self.gate = gate or Gate(GateConfig(), 500)
        self.alpha = np.zeros((FULL.height, FULL.width), np.uint8)
        self.count = 0

    @property
    def now(self) -> float:
        return 100 + self.count / FPS

    def show(self, small: Image) -> Matte | None:
        """One frame; what was kept for it, or None if the network looked."""
        frame = Frame(np.zeros((FULL.height, FULL.width, 3), np.uint8), self.count, self.now)
        kept = self.gate.kept(frame, small)
        if kept is None:
            self.gate.made(small, Matte(self.alpha, 0.9, frame.time))
        self.count += 1
        return kept

    def settle(self, image: Image, level: float, random: np.random.Generator) -> None:
        """Shows a still scene for two seconds and until a matte is kept."""
        for _ in range(60):
            self.show(noisy(image, level, random))
        while self.show(noisy(image, level, random)) is None:
            assert self.count < 200, "the gate never keeps a matte"


class OneAfterTheOther(ListSource):
    """Waits until the sink has a picture of what was given before, and moves the clock."""

    live = True

    def __init__(self, items: list[Frame | Exception], sink: Recorder) -> None:
        super().__init__(items, live=True)
        self.size = FULL
        self.now = 100.0
        self._sink, self._given = sink, 0

    def read(self, timeout_s: float) -> Frame | None:
        for _ in range(20_000):
            if len(self._sink.pictures) >= self._given:
                break
            threading.Event().wait(0.001)
        self._given += 1
        frame = super().read(timeout_s)
        self.now = frame.time if frame else self.now
        return frame
