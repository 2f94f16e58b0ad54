"""A row of `weights/registry.toml`: all that is known of one model file."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from msgspec import Meta

from live_seg.frame import Size

Triple = tuple[float, float, float]

Positive = Annotated[float, Meta(gt=0)]

Count = Annotated[int, Meta(ge=1)]


@dataclass(frozen=True, slots=True)
class Quality:
    """One measured quality: what was measured on what, by which command, when.

    Attributes
    ----------
    data
        What it was measured on, with the number of pictures and how the matte was enlarged.
    iou, mad
        Means over the pictures, 0..1: intersection over union, mean absolute difference of the alpha.
    command
        The command that measures it.
    date
        Day of the measurement, 2026-11-21.
    """

    data: str
    iou: float
    mad: float
    command: str
    date: str


@dataclass(frozen=True, slots=True)
class Model:
    """One network file, its input rule and where it comes from.

    Attributes
    ----------
    name
        "person-int8"; unique.
    file
        Path of the .onnx file.
    precision
        "fp32", "fp16" or "int8": what it computes in where the engine can.
    sha256, bytes
        Checksum and size of the file; empty and 0 for a file that is not in the registry.
    mean, std
        RGB in 0..1, less `mean`, over `std`, is the input.
    area_px
        The input has about so many pixels, in the shape of the picture.
    stride
        Both sides of the input are multiples of this.
    logit_gain
        The network's logits, times this, are those of the matte: over 1 where it was trained too hesitant.
    description, training_data, terms
        For people; terms say who may use it for what.
    quality
        Measured, with command and date.
    """

    name: str
    file: Path
    precision: str
    sha256: str = ""
    bytes: int = 0
    mean: Triple = (0.485, 0.456, 0.406)
    std: tuple[Positive, Positive, Positive] = (0.229, 0.224, 0.225)
    area_px: Count = 46080
    stride: Count = 32
    logit_gain: Positive = 1.0
    description: str = ""
    training_data: str = ""
    terms: str = ""
    quality: tuple[Quality, ...] = field(default=())

    @property
    def family(self) -> str:
        """What it is for: the name without the precision at its end."""
        return self.name.removesuffix(f"-{self.precision}")

    def input_size(self, frame: Size, share: float = 1.0) -> Size:
        """The multiples of `stride` nearest to the frame's shape at about `area_px` pixels.

        At 46,080 pixels: 16:9 -> 288x160, 4:3 -> 256x192, upright 3:4 -> 192x256; at 38,400: 256x160, 224x160,
        160x224. With a share of 0.67 16:9 -> 224x128 at both.
        """
        width = math.sqrt(share * self.area_px * frame.width / frame.height)
        height = math.sqrt(share * self.area_px * frame.height / frame.width)
        return Size(self._multiple(width), self._multiple(height))

    def _multiple(self, length: float) -> int:
        return max(self.stride, round(length / self.stride) * self.stride)
