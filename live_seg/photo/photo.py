"""A photo in memory, and on its way from a file and into one.

What survives: every pixel, the colour profile, the day and time. What does not: the rest of the metadata. The small
preview that cameras put there shows the room that was just cut away, a maker's notes may hold another, and the place is
told too.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from live_seg.errors import UsageError
from live_seg.frame import Alpha, Image, Size
from live_seg.media.file import readable, shown
from live_seg.photo.colours import STRIP, pixels, profile_of, rescale_key
from live_seg.photo.header import Unreadable, open_header
from live_seg.photo.limits import Limits
from live_seg.photo.tags import Tags, read_tags

if TYPE_CHECKING:
    from PIL.Image import Image as PillowImage

__all__ = ["Photo", "Unreadable", "read_photo", "write_photo"]

FORMATS = {"png": "PNG", "webp": "WEBP", "jpg": "JPEG", "jpeg": "JPEG"}
"""What can be written, by suffix."""

_LONGEST = {"WEBP": 16_383, "JPEG": 65_500}
"""Longest side that the format can hold, in pixels."""

_OPTIONS: dict[str, dict[str, int]] = {
    "PNG": {"compress_level": 1},
    "WEBP": {"quality": 92, "method": 2},
    "JPEG": {"quality": 95},
}


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """A picture, upright.

    Attributes
    ----------
    image
        uint8 (H, W, 3) BGR; or (H, W) for a matte alone.
    alpha
        uint8 (H, W), 255 = opaque; None where everything is.
    profile
        The ICC profile of the colours; None where the file has none, as most have that mean sRGB.
    tags
        When it was taken.
    is_empty
        True for a cut-out in which nobody was found.
    """

    image: Image
    alpha: Alpha | None = None
    profile: bytes | None = None
    tags: Tags = field(default_factory=Tags)
    is_empty: bool = False

    @property
    def size(self) -> Size:
        """Width and height."""
        return Size.of(self.image)


def read_photo(source: bytes | Path, limits: Limits | None = None) -> Photo:
    """A picture file as a photo: the first picture where it has several, turned upright, 8 bits a channel, RGB.

    Parameters
    ----------
    source
        The file's content, or its path. What it is, its first bytes say; its name does not count.
    limits
        Checked before anything is decoded; by default those of `Limits()`.

    Raises
    ------
    TooLarge
        If it is over a limit.
    Unreadable
        If it is no picture, of a kind that is not read, or broken.
    UsageError
        If the file is missing, empty, no file, or must not be read.
    """
    limits = limits or Limits()
    if isinstance(source, bytes):
        limits.check_bytes(len(source), "the picture")
        return _read(io.BytesIO(source), limits, "the picture")
    name = shown(source)
    path = readable(str(source))
    limits.check_bytes(path.stat().st_size, name)
    with path.open("rb") as stream:
        return _read(stream, limits, name)


def size_of(file: Path, limits: Limits) -> Size:
    """Width and height as the file's header says, before it is turned upright; raises as `read_photo` does."""
    name = shown(file)
    path = readable(str(file))
    limits.check_bytes(path.stat().st_size, name)
    with path.open("rb") as stream:
        size = Size(*open_header(stream, name).size)
    limits.check_size(size, name)
    return size


def _read(stream: io.BufferedIOBase, limits: Limits, name: str) -> Photo:
    picture = open_header(stream, name)
    limits.check_size(Size(*picture.size), name)
    try:
        return from_pillow(picture)
    except Exception as error:  # noqa: BLE001  # a decoder on a file made to break it raises anything
        raise Unreadable(f"{name} is broken: {_line(error)}", "Copy it once more, or save it anew.") from None


def from_pillow(picture: PillowImage) -> Photo:
    """A Pillow picture as a photo; decodes it. Raises whatever Pillow raises."""
    rescale_key(picture)
    picture.load()
    tags, orientation = read_tags(picture)
    tags = replace(tags, software="")  # it made the source and not the result
    profile = profile_of(picture)
    image, alpha = pixels(picture)
    image = _upright(image, orientation)
    return Photo(image, None if alpha is None else _upright(alpha, orientation), profile, tags)


def write_photo(photo: Photo | Image, format: str) -> bytes:
    """The content of a picture file.

    Parameters
    ----------
    photo
        A photo, or uint8 (H, W), (H, W, 3) BGR or (H, W, 4) BGRA.
    format
        "png", "webp" or "jpeg".

    Raises
    ------
    UsageError
        If the format is unknown, cannot hold so large a picture, or holds no alpha where there is one.
    """
    kind = FORMATS.get(format.lower().lstrip("."))
    if kind is None:
        raise UsageError(f"{format!r} is no format that can be written", f"There are: {', '.join(FORMATS)}.")
    if not isinstance(photo, Photo):
        has_alpha = photo.ndim == 3 and photo.shape[2] == 4
        photo = Photo(photo[..., :3], photo[..., 3]) if has_alpha else Photo(photo)
    if kind == "JPEG" and photo.alpha is not None:
        raise UsageError("a JPEG file holds no transparency", "Write PNG or WebP, or choose a background.")
    if max(photo.size) > _LONGEST.get(kind, max(photo.size)):
        raise UsageError(f"a {kind} file holds no picture of {photo.size}", "Write PNG.")
    stream = io.BytesIO()
    exif = photo.tags.exif()
    to_pillow(photo).save(stream, kind, icc_profile=photo.profile, exif=exif, **_OPTIONS[kind])
    return stream.getvalue()


def to_pillow(photo: Photo) -> PillowImage:
    """A photo as a Pillow picture: L, RGB or RGBA, with its profile."""
    from PIL import Image as Pillow

    image = photo.image
    if image.ndim == 2:
        return Pillow.fromarray(image)
    picture = Pillow.new("RGB" if photo.alpha is None else "RGBA", photo.size)
    for top in range(0, len(image), STRIP):
        strip = cv2.cvtColor(image[top : top + STRIP], cv2.COLOR_BGR2RGB)
        if photo.alpha is not None:
            strip = np.dstack([strip, photo.alpha[top : top + STRIP]])
        picture.paste(Pillow.fromarray(strip), (0, top))
    if photo.profile:
        picture.info["icc_profile"] = photo.profile
    return picture


_TURNS = {3: cv2.ROTATE_180, 6: cv2.ROTATE_90_CLOCKWISE, 8: cv2.ROTATE_90_COUNTERCLOCKWISE}


def _upright(picture: Image, orientation: int) -> Image:
    """Applies EXIF's orientation, 1 to 8; anything else changes nothing."""
    if orientation in (2, 4):
        return np.asarray(cv2.flip(picture, 1 if orientation == 2 else 0), np.uint8)
    if orientation in (5, 7):
        picture = np.asarray(cv2.transpose(picture), np.uint8)
        return picture if orientation == 5 else np.asarray(cv2.rotate(picture, cv2.ROTATE_180), np.uint8)
    return np.asarray(cv2.rotate(picture, _TURNS[orientation]), np.uint8) if orientation in _TURNS else picture


def _line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:160]
