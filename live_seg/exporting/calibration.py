"""Real pictures for the calibration of int8, and for the comparison with torch."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path

from live_seg.engines import Blob
from live_seg.evaluation.pairs import read_image
from live_seg.frame import Image, Size
from live_seg.matting.preprocess import to_blob
from live_seg.models import Model
from live_seg.shrink import shrink

PICTURES = 200
"""Ranges stop moving at about 100 pictures; 200 leave room for rarer shapes."""

Tell = Callable[[str, int, int], None]
"""Told of a step, how much of it is done, and of how much."""


def sample(pictures: Sequence[Path], count: int = PICTURES, seed: int = 0) -> list[Path]:
    """`count` of the pictures, the same for the same seed and names, in the order of their names."""
    names = sorted(pictures, key=lambda file: file.name)
    return sorted(random.Random(seed).sample(names, min(count, len(names))), key=lambda file: file.name)


def to_input(image: Image, row: Model) -> Blob:
    """Input of the network for a picture in its own shape, exactly as the live app makes it."""
    return to_blob(shrink(image, row.input_size(Size.of(image))), row)


def inputs(pictures: Sequence[Path], row: Model) -> list[Blob]:
    """Network inputs of picture files; 0.5 MB each at 46,080 pixels."""
    return [to_input(read_image(file), row) for file in pictures]


def several_shapes(blobs: Sequence[Blob], count: int) -> list[Blob]:
    """At most `count` of the inputs, as many different shapes among them as there are."""
    first = {blob.shape: blob for blob in reversed(blobs)}
    chosen = list(first.values())[:count]
    known = {id(blob) for blob in chosen}
    return chosen + [blob for blob in blobs if id(blob) not in known][: count - len(chosen)]
