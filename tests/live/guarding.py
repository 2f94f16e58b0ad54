"""A guard before an outlet that keeps what is put, and mattes that it has to refuse."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
from fakes import ROOM, ManualClock

from live_seg.config.tree import Guard as GuardConfig
from live_seg.effects import EffectBase
from live_seg.frame import Alpha, Frame, Image
from live_seg.live.guard import Guard


class Kept:
    """An outlet that keeps what is put."""

    def __init__(self) -> None:
        self.put_pictures: list[tuple[Image, Frame]] = []
        self.ended = False

    def put(self, picture: Image, frame: Frame) -> None:
        self.put_pictures.append((picture, frame))

    def close_intake(self) -> None:
        self.ended = True

    @property
    def last(self) -> Image:
        return self.put_pictures[-1][0]


class Through(EffectBase):
    """An effect that shows the room where alpha is 0: so the tests see whether the guard asked it at all."""

    def __call__(self, image: Image, alpha: Alpha, out: Image | None = None) -> Image:
        return image.copy()


def shows_room(picture: Image) -> bool:
    """Whether the room's pattern is still in the picture: neighbouring columns differ."""
    columns = picture[..., :3].astype(int)
    return bool(np.abs(np.diff(columns, axis=1)).max() > ROOM // 8)


def guarded(clock: ManualClock | None = None, **config: Any) -> tuple[Guard, Kept]:
    kept = Kept()
    return Guard(GuardConfig(**config), Through(), kept, clock), kept


BAD = {
    "another size": lambda matte: dataclasses.replace(matte, alpha=matte.alpha[:-1]),
    "transposed": lambda matte: dataclasses.replace(matte, alpha=matte.alpha.T),
    "three channels": lambda matte: dataclasses.replace(matte, alpha=np.dstack([matte.alpha] * 3)),
    "floats": lambda matte: dataclasses.replace(matte, alpha=matte.alpha / np.float32(255)),
    "floats with NaN": lambda matte: dataclasses.replace(matte, alpha=np.full(matte.alpha.shape, np.nan, np.float32)),
    "no array": lambda matte: dataclasses.replace(matte, alpha=[[255]]),
    "confidence NaN": lambda matte: dataclasses.replace(matte, confidence=math.nan),
    "time NaN": lambda matte: dataclasses.replace(matte, time=math.nan),
    "too old": lambda matte: dataclasses.replace(matte, time=matte.time - 0.301),
    "of a later frame": lambda matte: dataclasses.replace(matte, time=matte.time + 0.301),
}
