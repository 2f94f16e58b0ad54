"""A real person without a webcam: a portrait, moved like a hand-held camera."""

from __future__ import annotations

import math
from importlib.resources import files

import cv2
import numpy as np

from live_seg.config import Config
from live_seg.errors import SourceError
from live_seg.frame import Clock, Frame, Image, Size
from live_seg.sources.source import SourceBase, sources

_zoom = 1.09
"""How much of the picture is kept back, so that the view can move without showing the picture's edge."""

_face = 0.44
"""Where the face is, from left to right: the middle of upright views."""


@sources.register("demo")
class DemoSource(SourceBase):
    """NASA's portrait of Eileen Collins (public domain, `live_seg/assets/README.md`) as a hand-held camera sees it.

    For a first try on any machine. Everything is a function of the index alone; there is no end.
    """

    live = False

    def __init__(self, address: str, config: Config, clock: Clock) -> None:
        del address, clock
        self.name = "demo"
        self.size = Size.parse(config.source.size)
        self.fps = config.source.fps
        self._portrait = _enlarged(_cropped(_portrait(), self.size), self.size)
        self._next = 0

    def read(self, timeout_s: float) -> Frame | None:
        """Next frame; there is no end to them."""
        del timeout_s
        frame = self.frame(self._next)
        self._next += 1
        return frame

    def frame(self, index: int) -> Frame:
        """Frame number `index`."""
        time_s = index / self.fps
        image = cv2.warpAffine(
            self._portrait,
            _view(time_s, self.size, Size.of(self._portrait)),
            self.size,
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,  # only very wide views reach the edge
        )
        return Frame(np.asarray(image, np.uint8), index, time_s)


def _view(time_s: float, size: Size, portrait: Size) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Affine map (2, 3) from a pixel of the frame to a point of the portrait."""
    across = 0.020 * portrait.width * _sway(time_s, 0.0)
    down = portrait.height * (0.012 * _sway(time_s, 2.1) - 0.008)  # rather upwards: room above the hair
    turn = math.radians(0.8) * _sway(0.8 * time_s, 4.2)
    scale = 1 / (1 + 0.018 * _sway(0.5 * time_s, 5.5))
    cosine, sine = scale * math.cos(turn), scale * math.sin(turn)
    middle = (size.width - 1) / 2, (size.height - 1) / 2
    x = (portrait.width - 1) / 2 + across - cosine * middle[0] + sine * middle[1]
    y = (portrait.height - 1) / 2 + down - sine * middle[0] - cosine * middle[1]
    return np.array([[cosine, -sine, x], [sine, cosine, y]])


def _sway(time_s: float, phase: float) -> float:
    """-1..1: what a hand does, slow drift with a little tremor, the rates in no simple proportion."""
    waves = ((0.60, 0.13), (0.25, 0.31), (0.10, 0.73), (0.05, 1.9))  # weight, Hz
    return sum(weight * math.sin(math.tau * rate * time_s + phase * (1 + rate)) for weight, rate in waves)


def _cropped(portrait: Image, size: Size) -> Image:
    """The largest part in the shape of the frame that has the face in it: from the top, and round the face."""
    own = Size.of(portrait)
    width = max(1, min(own.width, round(own.height * size.width / size.height)))
    height = max(1, min(own.height, round(own.width * size.height / size.width)))
    left = min(max(0, round(_face * own.width - width / 2)), own.width - width)
    return portrait[:height, left : left + width]


def _enlarged(portrait: Image, size: Size) -> Image:
    """In the frame's resolution, once, with the best filter: the moving is then cheap and bilinear."""
    larger = math.ceil(size.width * _zoom), math.ceil(size.height * _zoom)
    return np.asarray(cv2.resize(portrait, larger, interpolation=cv2.INTER_LANCZOS4), np.uint8)


def _portrait() -> Image:
    data = files("live_seg").joinpath("assets", "astronaut.webp").read_bytes()
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        raise SourceError("the demo's portrait cannot be read", "Install live-seg again.")
    return np.asarray(image, np.uint8)
