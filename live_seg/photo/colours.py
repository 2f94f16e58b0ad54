"""From whatever pixels a file holds to 8-bit BGR, strip by strip; and the profiles of their colours."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import cv2
import numpy as np

from live_seg.frame import Alpha, Image

if TYPE_CHECKING:
    from PIL.Image import Image as PillowImage

STRIP = 256
"""Rows that are copied at a time: a whole second copy of a 50-megapixel picture would cost 150 MB."""

_LARGEST_PROFILE = 4_000_000

_BITS, _MEANING, _WHITE_IS_0 = 258, 262, 0
"""Tags of TIFF 6.0: BitsPerSample, PhotometricInterpretation, WhiteIsZero. Pillow minds the last in 8 bits only."""

_MANY_COLOURS: Image = (51 * np.indices((6, 6, 6)).reshape(3, 36, 6).transpose(1, 2, 0)).astype(np.uint8)

_STEPS = {"L;2": 85, "L;4": 17}
"""From one grey to the next in 8 bits, by what Pillow calls the file's pixels."""


def profile_of(picture: PillowImage) -> bytes | None:
    """The ICC profile where it is one of RGB colours; None where there is none, or it is not one."""
    profile = picture.info.get("icc_profile")
    if not isinstance(profile, bytes) or len(profile) > _LARGEST_PROFILE:
        return None
    return profile if profile[16:20] == b"RGB " and profile[36:40] == b"acsp" else None


def rescale_key(picture: PillowImage) -> None:
    """Has a PNG's one transparent colour count as its pixels will; for a picture that is not decoded yet.

    The file counts it in its own bits. So does Pillow, which decodes grey of 2 and 4 bits and colours of 16 to 8.
    """
    key = picture.info.get("transparency")
    tiles = getattr(picture, "tile", None)
    bits = tiles[0][3] if tiles else ""
    if isinstance(key, int) and bits in _STEPS:
        picture.info["transparency"] = key * _STEPS[bits]
    elif isinstance(key, tuple) and bits == "RGB;16B":
        picture.info["transparency"] = tuple(value >> 8 for value in key)


def pixels(picture: PillowImage) -> tuple[Image, Alpha | None]:
    """uint8 (H, W, 3) BGR, and alpha (H, W) or None where all of it is opaque.

    Raises
    ------
    ValueError
        For numbers that are no colours: 32-bit floats.
    """
    if picture.mode == "F":
        raise ValueError("its pixels are floating-point numbers")
    if picture.mode.startswith("I"):
        return _from_16_bits(picture)
    if picture.mode == "CMYK":
        picture = _from_cmyk(picture)
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    if picture.mode != mode:
        picture = picture.convert(mode)
    width, height = picture.size
    image = np.empty((height, width, 3), np.uint8)
    alpha = np.empty((height, width), np.uint8) if picture.mode == "RGBA" else None
    for top in range(0, height, STRIP):
        bottom = min(top + STRIP, height)
        strip = np.asarray(picture.crop((0, top, width, bottom)))
        image[top:bottom] = strip[..., 2::-1]
        if alpha is not None:
            alpha[top:bottom] = strip[..., 3]
    return image, None if alpha is None or alpha.min() == 255 else alpha


def in_profile(image: Image, own: bytes | None, wanted: bytes | None) -> Image:
    """The same colours in the numbers of another profile, uint8 (H, W, 3); None is sRGB.

    What cannot be told in it becomes the nearest that can. The numbers stay as they are where a profile does not work,
    and where both mean the same to two levels: of sRGB there are many profiles.
    """
    if own == wanted:
        return image
    from PIL import Image as Pillow
    from PIL import ImageCms

    srgb = ImageCms.createProfile("sRGB")
    try:
        ends = [srgb if one is None else ImageCms.ImageCmsProfile(io.BytesIO(one)) for one in (own, wanted)]
        change = ImageCms.buildTransform(ends[0], ends[1], "RGB", "RGB", ImageCms.Intent.RELATIVE_COLORIMETRIC)
    except (ImageCms.PyCMSError, OSError, TypeError):
        return image

    def changed(part: Image) -> Image:
        told = change.apply(Pillow.fromarray(np.ascontiguousarray(part[..., ::-1])))
        return np.asarray(told, np.uint8)[..., ::-1]

    if cv2.absdiff(changed(_MANY_COLOURS), _MANY_COLOURS).max() <= 2:
        return image
    result = np.empty_like(image)
    for top in range(0, len(image), STRIP):
        result[top : top + STRIP] = changed(image[top : top + STRIP])
    return result


def _from_16_bits(picture: PillowImage) -> tuple[Image, Alpha | None]:
    """Grey of 16 bits, which Pillow's own conversion would cut off at 255; a TIFF's of 12, and with white as 0, too."""
    grey = np.asarray(picture)
    tags = getattr(picture, "tag_v2", {})
    step = 16 if tags.get(_BITS) == (12,) else 257
    narrow = (np.clip(grey, 0, 65535) // step).astype(np.uint8)
    if tags.get(_MEANING) == _WHITE_IS_0:
        narrow = cv2.bitwise_not(narrow)
    key = picture.info.get("transparency")
    hidden = grey == key if isinstance(key, int) else np.zeros(0, bool)
    alpha = np.where(hidden, 0, 255).astype(np.uint8) if hidden.any() else None
    return np.asarray(cv2.cvtColor(narrow, cv2.COLOR_GRAY2BGR), np.uint8), alpha


def _from_cmyk(picture: PillowImage) -> PillowImage:
    """sRGB by the inks' own profile; plainly where there is none or it does not work."""
    from PIL import ImageCms

    profile = picture.info.get("icc_profile")
    if profile:
        try:
            inks = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            changed = ImageCms.profileToProfile(picture, inks, ImageCms.createProfile("sRGB"), outputMode="RGB")
            if changed is not None:
                return changed
        except (ImageCms.PyCMSError, OSError, TypeError):
            pass  # a broken profile; the picture itself is whole
    return picture.convert("RGB")
