"""Reads a folder of pictures and their masks: `images/NAME.*` and `masks/NAME.*`, one mask a picture."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from live_seg.errors import UsageError
from live_seg.frame import Alpha, Image

PICTURES = {".jpg", ".jpeg", ".png", ".webp", ".bmp"}
"""Endings that count as a picture; others in the folder are not looked at."""


_MOST_COLOUR = 60
"""Between the channels of a mask, in levels: what JPEG makes of black and white at half of the colours' resolution."""


class Sample(Protocol):
    """A picture whose persons are known, wherever they come from."""

    @property
    def name(self) -> str:
        """Unique in its data set."""

    @property
    def source(self) -> str:
        """Data set that the picture comes from."""

    def load(self) -> tuple[Image, Alpha]:
        """Picture as uint8 (H, W, 3) BGR and alpha as uint8 (H, W), 255 = person.

        Raises
        ------
        UsageError
            If it cannot be read.
        """


@dataclass(frozen=True, slots=True)
class Pair:
    """A picture and the mask of the persons in it, on disk.

    Attributes
    ----------
    image, mask
        The two files; their names differ at most in the ending.
    """

    image: Path
    mask: Path

    @property
    def name(self) -> str:
        """File name without its ending."""
        return self.image.stem

    @property
    def source(self) -> str:
        """Data set that the picture comes from: its name up to the first dash."""
        return self.name.split("-", 1)[0]

    def load(self) -> tuple[Image, Alpha]:
        """Picture as uint8 (H, W, 3) BGR and mask as uint8 (H, W), 255 = person, also where the file has 1 for that.

        Raises
        ------
        UsageError
            If one of them cannot be read, or their sizes differ.
        """
        image, alpha = read_image(self.image), read_mask(self.mask)
        if image.shape[:2] != alpha.shape:
            sizes = f"{image.shape[1]}x{image.shape[0]} and {alpha.shape[1]}x{alpha.shape[0]}"
            raise UsageError(f"{self.image} and its mask differ in size ({sizes})", "Remove or mend the pair.")
        return image, alpha


def find_pairs(folder: Path) -> list[Pair]:
    """Pairs of `folder`, sorted by name; pictures without a mask are left out.

    Raises
    ------
    UsageError
        If there is no `images` or no `masks` folder in it, or not one pair.
    """
    images, masks = (_pictures_in(folder, part) for part in ("images", "masks"))
    mask_of = {file.stem: file for file in masks}
    pairs = [Pair(image, mask_of[image.stem]) for image in images if image.stem in mask_of]
    if not pairs:
        raise UsageError(f"no picture in {folder} has a mask", "A mask has the name of its picture.")
    return pairs


def find_unpaired(folder: Path) -> tuple[list[Path], list[Path]]:
    """Pictures without a mask and masks without a picture, of a folder as of `find_pairs`; each sorted by name."""
    images, masks = (_pictures_in(folder, part) for part in ("images", "masks"))
    known, wanted = {file.stem for file in masks}, {file.stem for file in images}
    return [file for file in images if file.stem not in known], [file for file in masks if file.stem not in wanted]


def _pictures_in(folder: Path, part: str) -> list[Path]:
    if not (folder / part).is_dir():
        raise UsageError(f"{folder} has no folder {part!r}", "Give a folder that holds images/ and masks/.")
    return sorted(file for file in (folder / part).iterdir() if _is_picture(file))


def read_image(file: Path) -> Image:
    """Picture of a file as uint8 (H, W, 3) BGR.

    Raises
    ------
    UsageError
        If it cannot be read.
    """
    return _decode(file, cv2.IMREAD_COLOR)


def read_mask(file: Path) -> Alpha:
    """As `read_alpha`, also where the file has 1 for a person, as many data sets have it."""
    alpha = read_alpha(file)
    return alpha * np.uint8(255) if alpha.max(initial=0) == 1 else alpha


def read_alpha(file: Path) -> Alpha:
    """Alpha of a mask file as uint8 (H, W): the fourth channel where it is not the same everywhere, else its grey.

    Raises
    ------
    UsageError
        If it cannot be read, or is a picture in colours, such as a map of classes.
    """
    mask = _decode(file, cv2.IMREAD_UNCHANGED)
    if mask.ndim == 2:
        return mask
    if mask.shape[2] == 4 and mask[:, :, 3].min() < mask[:, :, 3].max():
        return np.ascontiguousarray(mask[:, :, 3])
    colours = mask[:, :, :3].astype(np.int16)
    if (colours.max(axis=2) - colours.min(axis=2)).max() > _MOST_COLOUR:
        raise UsageError(
            f"{file} is no mask but a picture in colours", "A mask is 0 for the room and 255 for a person."
        )
    return np.asarray(cv2.cvtColor(mask[:, :, :3], cv2.COLOR_BGR2GRAY), np.uint8)


def _decode(file: Path, flags: int) -> Image:
    # imdecode, not imread: it reads any path on Windows, and stays silent about bad files.
    try:
        content = np.fromfile(file, np.uint8)
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from None
    try:
        decoded = cv2.imdecode(content, flags) if content.size else None
    except cv2.error:  # its header promises more pixels than OpenCV takes
        decoded = None
    if decoded is None or decoded.dtype != np.uint8:
        raise UsageError(f"{file} is not a picture with 8 bits a channel")
    return np.asarray(decoded, np.uint8)


def _is_picture(file: Path) -> bool:
    return file.suffix.lower() in PICTURES
