"""Pictures: any file that OpenCV reads, and AVIF, as BGR of 8 bits, upright."""

from __future__ import annotations

import io
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

_TIFF = (b"II*\0", b"MM\0*")
_signatures = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"BM", *_TIFF)

_Bytes = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]


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
    image = _avif(data.tobytes()) if data[4:11].tobytes() == b"ftypavi" else _on_white(data)
    if image is None:
        raise UsageError(f"{name} cannot be read as a picture", "Save it as JPEG or PNG, or give a video.")
    return image


def _on_white(data: _Bytes) -> Image | None:
    image = _decoded(data, cv2.IMREAD_COLOR)
    if image is None or data[:3].tobytes() == b"\xff\xd8\xff":  # a JPEG has no alpha: do not decode it twice
        return image
    whole = _decoded(data, _WHOLE)
    if whole is None or whole.ndim != 3 or whole.shape[2] != 4 or whole.shape[:2] != image.shape[:2]:
        return image
    full = np.iinfo(whole.dtype).max if whole.dtype.kind == "u" else 1
    alpha = (whole[..., 3:].astype(np.float32) / full).clip(0, 1)
    is_mixed = whole.dtype == np.uint8 and data[:4].tobytes() in _TIFF  # as libtiff draws it: times alpha already
    flat: Image = ((image if is_mixed else image * alpha) + 255 * (1 - alpha) + 0.5).clip(0, 255).astype(np.uint8)
    return flat


def _avif(data: bytes) -> Image | None:
    """By Pillow: OpenCV, up to 5.0 at least, turns no AVIF upright."""
    from PIL import Image as Pillow
    from PIL import ImageOps

    try:
        with Pillow.open(io.BytesIO(data), formats=["AVIF"]) as picture:
            upright = ImageOps.exif_transpose(picture).convert("RGBA")
    except Exception:  # noqa: BLE001  # on a file made to break it a reader raises anything
        return None
    white = Pillow.new("RGBA", upright.size, "white")
    white.alpha_composite(upright)
    return cv2.cvtColor(np.asarray(white), cv2.COLOR_RGBA2BGR)  # type: ignore[return-value]  # uint8 stays uint8


def _decoded(data: _Bytes, flags: int) -> Image | None:
    level = cv2.utils.logging.setLogLevel(0)  # of tags that it does not know OpenCV writes a line each
    try:
        return cv2.imdecode(data, flags)  # type: ignore[return-value]  # None for what it cannot read
    except cv2.error:  # larger than OpenCV allows, or a header that lies
        return None
    finally:
        cv2.utils.logging.setLogLevel(level)
