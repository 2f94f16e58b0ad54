"""Writes pictures as picture files."""

from __future__ import annotations

import re
from pathlib import Path

import cv2
import numpy as np

from live_seg.frame import Image
from live_seg.sinks.part_file import PartFile

_number = re.compile(r"%(?:(\d+)d|d(?![^\W\d_]))")
"""`%04d`, and `%d` where no letter follows: "100%done.png" is a plain name."""

_quality = {
    ".jpg": [cv2.IMWRITE_JPEG_QUALITY, 95],
    ".jpeg": [cv2.IMWRITE_JPEG_QUALITY, 95],
    ".webp": [cv2.IMWRITE_WEBP_QUALITY, 95],
    ".png": [cv2.IMWRITE_PNG_COMPRESSION, 1],  # four times as fast as the default, a fifth larger
}


def writes_over(target: Path, file: Path) -> bool:
    """Whether what is written to `target`, numbered or not, takes the place of `file`, if that exists."""
    if not file.is_file():
        return False
    if not _number.search(target.name):
        return target.exists() and file.samefile(target)
    around = [re.escape(text) for text in _number.split(target.name)[::2]]
    same_folder = target.parent.exists() and file.parent.samefile(target.parent)
    return same_folder and re.fullmatch(r"\d+".join(around), file.name) is not None


class PictureWriter:
    """`out-%04d.png` gets every picture, numbered from 0; `out.png` gets the last one, when it is closed.

    `%d` numbers too, but where a letter follows: `100%done.png` is the name of one file.
    """

    def __init__(self, target: Path) -> None:
        self._target = target
        self._is_numbered = bool(_number.search(target.name))
        self._count = 0
        self._last: Image | None = None

    def write(self, picture: Image) -> None:
        """Takes one picture, BGR or BGRA."""
        if self._is_numbered:
            name = _number.sub(lambda found: f"{self._count:{found[1] or ''}d}", self._target.name)
            save_picture(picture, self._target.with_name(name))
        elif self._last is not None and self._last.shape == picture.shape:
            np.copyto(self._last, picture)
        else:
            self._last = picture.copy()
        self._count += 1

    def close(self) -> None:
        """Writes the last picture where there is one file; may be called twice."""
        last, self._last = self._last, None
        if last is not None:
            save_picture(last, self._target)


def save_picture(picture: Image, path: Path) -> None:
    """Writes one picture, BGR or BGRA, whole or not at all, in the form that the suffix names.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    done, data = cv2.imencode(path.suffix.lower(), picture, _quality[path.suffix.lower()])
    if not done:
        raise OSError(f"a picture of {picture.shape[1]}x{picture.shape[0]} cannot be encoded")
    part = PartFile(path)
    part.write(data.tobytes())
    part.finish(keep=part.error is None)
    if part.error:
        raise part.error
