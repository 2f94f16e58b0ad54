"""Pictures in which nobody is: behind persons, and to learn that there is nobody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor

from live_seg.errors import UsageError
from live_seg.evaluation.measure import load_checked, room_source
from live_seg.evaluation.pairs import Sample, read_image
from live_seg.evaluation.split_file import find_pictures
from live_seg.frame import Alpha, Image, Size
from live_seg.training.compose.bank import drawn_by_source
from live_seg.training.config import Data
from live_seg.training.data import pick

ROOM = Size(512, 288)
"""Rooms are kept at this size: behind a person they are out of focus or small anyway."""

FREE = "free"
"""Source of the rooms that are parts of labelled pictures."""

_LEAST_AREA = 0.2
_LEAST_WIDTH_PX = 200
_STEPS = 50


@dataclass(frozen=True, slots=True)
class Rooms:
    """Pictures in which nobody is: uint8 (N, 3, 288, 512), RGB; float (N,): how often each is drawn."""

    pictures: Tensor
    weights: Tensor

    def to(self, device: torch.device) -> Rooms:
        """The same on another device."""
        return Rooms(self.pictures.to(device), self.weights.to(device))


def load_rooms(data: Data, samples: Sequence[Sample] = ()) -> Rooms:
    """The pictures of `data.rooms`, and what is free of persons in those of `data.free`, all cut to 16:9.

    Parameters
    ----------
    data
        At most `most` pictures of the folders, of split files their rows `train`, and parts of at most `most`
        samples, are taken; 0: all.
    samples
        To train on.

    Returns
    -------
    Rooms
        None where no folder and no source is named. The source of a room, by which it is drawn, is its name up to the
        first dash, or `free`.

    Raises
    ------
    UsageError
        If a folder holds no picture, one cannot be read, a source is not among the samples, or the weights leave
        nothing to draw.
    """
    files = room_files(data)
    rooms = [_covering(read_image(file), ROOM) for file in files]
    sources = [room_source(file) for file in files]
    free = list(_free_parts(data, samples))
    pictures = np.stack([*rooms, *free]) if rooms or free else np.zeros((0, ROOM.height, ROOM.width, 3), np.uint8)
    return Rooms(
        torch.from_numpy(pictures[..., ::-1].transpose(0, 3, 1, 2).copy()),
        drawn_by_source([*sources, *([FREE] * len(free))], data.weights),
    )


def room_files(data: Data) -> list[Path]:
    """The pictures of `data.rooms`.

    Raises
    ------
    UsageError
        If a folder holds none.
    """
    places = [Path(place).expanduser() for place in data.rooms]
    return pick([file for place in places for file in find_pictures(place, usual="train")], data.most)


def free_part(alpha: Alpha) -> tuple[slice, slice] | None:
    """Rows and columns of the largest 16:9 part in which nobody is, and nobody near; None if none is large enough.

    Parameters
    ----------
    alpha
        uint8 (H, W).
    """
    height, width = alpha.shape
    near = max(3, height // 30) | 1
    person = cv2.dilate((alpha > 20).astype(np.uint8), np.ones((near, near), np.uint8))
    sums = cv2.integral(person)
    for part in np.linspace(1, 0, _STEPS, endpoint=False):
        high = round(height * part)
        wide = round(high * ROOM.width / ROOM.height)
        if wide > width:
            continue
        if wide < _LEAST_WIDTH_PX or wide * high < _LEAST_AREA * width * height:
            return None
        inside = sums[high:, wide:] - sums[:-high, wide:] - sums[high:, :-wide] + sums[:-high, :-wide]
        top, left = np.unravel_index(int(inside.argmin()), inside.shape)
        if inside[top, left] == 0:
            return slice(int(top), int(top) + high), slice(int(left), int(left) + wide)
    return None


def _free_parts(data: Data, samples: Sequence[Sample]) -> Iterator[Image]:
    for sample in pick([sample for sample in samples if sample.source in data.free], data.most):
        try:
            image, alpha = load_checked(sample)
        except UsageError:  # the bank names what cannot be read
            continue
        if (part := free_part(alpha)) is not None:
            yield _covering(np.ascontiguousarray(image[part]), ROOM)


def _covering(image: Image, size: Size) -> Image:
    """The middle of the picture, scaled until it covers the size."""
    scale = max(size.width / image.shape[1], size.height / image.shape[0])
    wide, high = max(size.width, round(image.shape[1] * scale)), max(size.height, round(image.shape[0] * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    scaled = np.asarray(cv2.resize(image, (wide, high), interpolation=how), np.uint8)
    left, top = (wide - size.width) // 2, (high - size.height) // 2
    return scaled[top : top + size.height, left : left + size.width]
