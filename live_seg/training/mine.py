"""What a model takes for persons where nobody is: cut out, it teaches the next one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from live_seg.errors import UsageError
from live_seg.evaluation.pairs import read_image
from live_seg.frame import Alpha, Image
from live_seg.training.label import Look

_LEAST_PART = 0.005
"""Of the picture's area: a smaller part is a fleck."""

_MARGIN_PX = 8


@dataclass(frozen=True, slots=True)
class Taken:
    """What of a room was taken for persons.

    Attributes
    ----------
    picture
        Its file.
    image
        uint8 (H, W, 3), BGR; None if it cannot be read.
    matte
        The greatest alpha of any look, uint8 (H, W); None if it cannot be read.
    share
        Of the area that is half a person and more, 0..1.
    why
        Why it cannot be read; empty otherwise.
    """

    picture: Path
    image: Image | None
    matte: Alpha | None
    share: float = 0.0
    why: str = ""


def mine(rooms: Iterable[Path], looks: Sequence[Look]) -> Iterator[Taken]:
    """For each room in turn what any of the looks takes for a person.

    Parameters
    ----------
    rooms
        Files of pictures in which nobody is.
    looks
        At least one: the model, and the model at the mirror image.
    """
    for picture in rooms:
        try:
            image = read_image(picture)
        except UsageError as error:
            yield Taken(picture, None, None, why=error.what)
            continue
        matte = np.max([np.array(look(image)) for look in looks], axis=0)
        yield Taken(picture, image, matte, float((matte > 127).mean()))


def cut_outs(image: Image, matte: Alpha) -> Iterator[tuple[Image, Alpha]]:
    """Each connected part of a matte with the picture around it, the largest first.

    Parameters
    ----------
    image, matte
        uint8 (H, W, 3) and (H, W).

    Yields
    ------
    tuple
        Parts of both, uint8 (h, w, 3) and (h, w); the alpha of other parts is 0 there.
    """
    count, labels, about, _ = cv2.connectedComponentsWithStats((matte > 127).astype(np.uint8))
    areas = {number: int(about[number, cv2.CC_STAT_AREA]) for number in range(1, count)}
    for number in sorted(areas, key=lambda one: -areas[one]):
        if areas[number] < _LEAST_PART * matte.size:
            return
        reach = np.ones((2 * _MARGIN_PX + 1,) * 2, np.uint8)
        around = cv2.dilate((labels == number).astype(np.uint8), reach)
        left, top, wide, high = cv2.boundingRect(around)
        part = slice(top, top + high), slice(left, left + wide)
        own = (around[part] > 0) & ((labels[part] == number) | (labels[part] == 0))
        yield image[part], np.where(own, matte[part], 0).astype(np.uint8)
