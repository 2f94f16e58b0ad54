"""A small data set made from the portrait that ships: shapes of it from both sides, the model's own mattes as truth."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

import live_seg
from live_seg.frame import Image

PORTRAIT = Path(live_seg.__file__).parent / "assets" / "astronaut.webp"
CROPS = {
    "square": (0, 0, 512, 512),
    "wide": (0, 40, 512, 290),
    "upright": (60, 0, 300, 400),
    "close": (90, 0, 330, 200),
}
"""x, y, width, height."""


def portraits() -> dict[str, Image]:
    whole = cv2.imdecode(np.fromfile(PORTRAIT, np.uint8), cv2.IMREAD_COLOR)
    assert whole is not None
    crops = {name: np.ascontiguousarray(whole[y : y + h, x : x + w]) for name, (x, y, w, h) in CROPS.items()}
    return crops | {f"{name}-mirrored": np.ascontiguousarray(crop[:, ::-1]) for name, crop in crops.items()}


def write_pairs(folder: Path, masks: dict[str, np.ndarray]) -> Path:
    """The crops as images/, the masks of the same names as masks/."""
    for part, pictures in (("images", portraits()), ("masks", masks)):
        (folder / part).mkdir(parents=True)
        for name, picture in pictures.items():
            cv2.imwrite(str(folder / part / f"{name}.png"), picture)
    return folder
