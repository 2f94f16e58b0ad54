"""A moving figure before a busy room, whose exact alpha is known: for tests, and for machines without anything else."""

from __future__ import annotations

import math

import cv2
import numpy as np

from live_seg.config import Config
from live_seg.errors import unknown
from live_seg.frame import Alpha, Clock, Frame, Image, Size
from live_seg.sources.source import SourceBase, sources

SCENES = ("waving", "empty", "leaving")
LEAVES_AFTER_S = 2.0
"""In `leaving`: how long the figure stays. It is out of the picture a second later."""


@sources.register("synthetic")
class SyntheticSource(SourceBase):
    """A drawn person who waves before a room full of books; other scenes are `synthetic:empty` and `synthetic:leaving`.

    Everything is a function of the index alone: the same on every run and machine.

    Attributes
    ----------
    room
        uint8 (H, W, 3): what stands behind the figure, in every frame.
    """

    live = False

    def __init__(self, address: str, config: Config, clock: Clock) -> None:
        del clock
        self.scene = address or SCENES[0]
        if self.scene not in SCENES:
            raise unknown("scene of the synthetic source", self.scene, SCENES)
        self.name = f"synthetic {self.scene}"
        self.size = Size.parse(config.source.size)
        self.fps = config.source.fps
        self.room = _room(self.size)
        self.room.flags.writeable = False
        self._clothes = _clothes(self.size)
        self._next = 0

    def read(self, timeout_s: float) -> Frame | None:
        """Next frame; there is no end to them."""
        del timeout_s
        frame = self.frame(self._next)
        self._next += 1
        return frame

    def frame(self, index: int) -> Frame:
        """Frame number `index`: `composed(clothes, room, alpha)` and nothing else."""
        alpha = self.alpha(index)
        image = self.room.copy()
        cv2.copyTo(self._clothes, alpha, dst=image)
        edge = np.flatnonzero(cv2.inRange(alpha, 1, 254).view(bool))  # elsewhere the sum is one of its two terms
        front, back, result = (picture.reshape(-1, 3) for picture in (self._clothes, self.room, image))
        result[edge] = composed(front[edge], back[edge], alpha.reshape(-1)[edge])
        return Frame(image, index, index / self.fps)

    def alpha(self, index: int) -> Alpha:
        """Exact alpha of frame number `index`: uint8 (H, W), 255 = person, soft at its edge."""
        width, height = self.size
        alpha = np.zeros((height, width), np.uint8)
        time_s = index / self.fps
        place = _place(time_s, self.scene, width / height)
        if place is None:
            return alpha
        unit = height / 100  # the figure is drawn on a grid of 100 lines
        for start, end, thickness in _limbs(time_s):
            _line(alpha, start, end, thickness, place, unit)
        softness = max(3, int(height / 120) | 1)  # about as wide as an edge of a webcam
        cv2.GaussianBlur(alpha, (softness, softness), 0, dst=alpha)
        return alpha


def composed(front: Image, back: Image, alpha: Alpha) -> Image:
    """`front * alpha + back * (1 - alpha)`, rounded to the nearest level; all uint8, (..., 3) and (...)."""
    weight = alpha[..., None].astype(np.uint16)
    total = front * weight + back * (255 - weight) + 127
    return (total // 255).astype(np.uint8)


Point = tuple[float, float]


def _place(time_s: float, scene: str, aspect: float) -> Point | None:
    """Where the figure's feet stand on the grid of 100 lines, or None if it is out of the picture."""
    sway = 6 * math.sin(0.9 * time_s), 1.5 * math.sin(2.3 * time_s)
    across = 50 * aspect + sway[0]
    if scene == "leaving":
        across += max(0.0, time_s - LEAVES_AFTER_S) * (50 * aspect + 50)
    if scene == "empty" or across > 100 * aspect + 45:
        return None
    return across, 100 + sway[1]


def _limbs(time_s: float) -> list[tuple[Point, Point, float]]:
    """Thick lines that make up the figure: start, end and thickness, relative to its place."""
    nod = 1.2 * math.sin(1.7 * time_s)
    swing = math.radians(25 * math.sin(4.5 * time_s))
    elbow = 30.0, -28.0
    hand = elbow[0] + 30 * math.sin(swing), elbow[1] - 30 * math.cos(swing)
    return [
        ((nod, -66), (nod, -58), 24),  # head
        ((0, -50), (0, -38), 12),  # neck
        ((-13, -26), (13, -26), 26),  # shoulders
        ((0, -22), (0, 20), 44),  # body, past the lower edge
        ((18, -24), elbow, 12),  # waving arm
        (elbow, hand, 10),
        (hand, hand, 14),
    ]


def _line(alpha: Alpha, start: Point, end: Point, thickness: float, place: Point, unit: float) -> None:
    shift = 4  # OpenCV takes sixteenths of a pixel: the figure glides instead of hopping
    ends = []
    for across, down in (start, end):
        x, y = (place[0] + across) * unit, (place[1] + down) * unit
        ends.append((round(x * 2**shift), round(y * 2**shift)))
    cv2.line(alpha, ends[0], ends[1], 255, max(1, round(thickness * unit)), cv2.LINE_AA, shift)


def _room(size: Size) -> Image:
    """Wall with a grain, shelves with books of many colours: edges of every strength, some along the figure's."""
    width, height = size
    random = np.random.default_rng(7)
    room = _grain(random, size, (120, 150, 165), 30)
    for shelf in np.linspace(0.08, 0.92, 5):
        top, bottom = int(shelf * height), int((shelf + 0.14) * height)
        left = 0
        while left < width:
            right = left + max(2, int(random.uniform(0.01, 0.04) * width))
            rise = int(random.uniform(0, 0.07) * height)
            colour = [int(level) for level in random.integers(20, 236, 3)]
            if random.random() < 0.8:
                cv2.rectangle(room, (left, top + rise), (right - 1, bottom), colour, cv2.FILLED)
            left = right
        cv2.line(room, (0, bottom), (width, bottom), (50, 70, 90), max(1, height // 90))
    return room


def _clothes(size: Size) -> Image:
    """What the figure is cut from: skin above, a striped shirt below."""
    random = np.random.default_rng(11)
    clothes = _grain(random, size, (140, 165, 215), 14)
    neck = int(0.54 * size.height)
    clothes[neck:] = _grain(random, size, (150, 70, 40), 24)[neck:]
    stripe = max(2, size.height // 24)
    for top in range(neck, size.height, 2 * stripe):
        clothes[top : top + stripe] //= 2
    return clothes


def _grain(random: np.random.Generator, size: Size, colour: tuple[int, int, int], strength: float) -> Image:
    """Noise of several sizes around a colour."""
    total = np.zeros((size.height, size.width, 3), np.float32)
    total += colour
    for cells in (4, 16, 64, 256):
        noise = random.normal(0, strength / 2, (cells, cells, 3)).astype(np.float32)
        total += cv2.resize(noise, size, interpolation=cv2.INTER_LINEAR)
    return np.clip(total, 0, 255).astype(np.uint8)
