"""Pictures: any file that OpenCV reads, as BGR of 8 bits, upright."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from live_seg.errors import UsageError
from live_seg.frame import Image
from live_seg.media.file import readable

PICTURE_SUFFIXES = frozenset({".avif", ".bmp", ".jpe", ".jpeg", ".jpg", ".png", ".ppm", ".tif", ".tiff", ".webp"})
"""In lower case. A GIF may move, and is read as a video."""

_WHOLE = cv2.IMREAD_LOAD_GDAL
"""Every channel in its own bits, like IMREAD_UNCHANGED, but turned upright like IMREAD_COLOR.

To `imdecode`, which knows no GDAL, this flag alone says to change nothing; without it none but those two ways are left.
"""

_signatures = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"BM", b"II*\0", b"MM\0*")


def is_picture(path: Path) -> bool:
    """True for a file that is a picture, by its suffix, or by its first bytes where the suffix says nothing."""
    if path.suffix.lower() in PICTURE_SUFFIXES:
        return True
    if path.suffix:
        return False
    with path.open("rb") as file:
        start = file.read(12)
    return start.startswith(_signatures) or (start[:4] == b"RIFF" and start[8:] == b"WEBP")


def read_picture(name: str) -> Image:
    """A picture as uint8 (H, W, 3) BGR, turned upright as its EXIF says.

    16 bits become 8, grey becomes BGR, and what is transparent becomes white.

    Raises
    ------
    UsageError
        If the file is missing, empty, or no picture that can be read.
    """
    data = np.fromfile(readable(name), np.uint8)  # OpenCV's own reading fails on names that are not ASCII on Windows
    image = _decoded(data, cv2.IMREAD_COLOR)
    if image is None:
        raise UsageError(f"{name} cannot be read as a picture", "Save it as JPEG or PNG, or give a video.")
    if data[:3].tobytes() == b"\xff\xd8\xff":  # a JPEG has no alpha: do not decode it twice
        return image
    whole = _decoded(data, _WHOLE)
    if whole is None or whole.ndim != 3 or whole.shape[2] != 4 or whole.shape[:2] != image.shape[:2]:
        return image
    full = np.iinfo(whole.dtype).max if whole.dtype.kind == "u" else 1
    alpha = (whole[..., 3:].astype(np.float32) / full).clip(0, 1)
    flat: Image = (image * alpha + 255 * (1 - alpha) + 0.5).astype(np.uint8)
    return flat


def _decoded(data: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], flags: int) -> Image | None:
    try:
        return cv2.imdecode(data, flags)  # type: ignore[return-value]  # None for what it cannot read
    except cv2.error:  # larger than OpenCV allows, or a header that lies
        return None
