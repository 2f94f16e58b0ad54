"""What a request puts behind the subject."""

from __future__ import annotations

import threading

import cv2
import numpy as np

from live_seg.effects.background import Background, Picture, open_background
from live_seg.effects.blend import blend, lay_over
from live_seg.effects.blur import blurred_room
from live_seg.errors import UsageError
from live_seg.frame import Alpha, Image
from live_seg.media.file import named, shown
from live_seg.photo.colours import STRIP, in_profile
from live_seg.photo.foreground import cleaned
from live_seg.photo.limits import Limits
from live_seg.photo.photo import Photo, read_photo
from live_seg.photo.request import Request


class Backdrops:
    """Opens backgrounds, and keeps the last one: those of a folder's photos are all the same."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._name = ""
        self._kept: tuple[Background, bytes | None] | None = None
        self._lock = threading.Lock()

    def check(self, background: str | Image) -> None:
        """Opens the background of a request that names a colour or a picture, or holds one.

        Raises
        ------
        UsageError
            If it is no colour, or the file is missing, empty, too large, or no picture.
        """
        with self._lock:
            self._find(background)

    def behind(self, photo: Photo, background: str | Image) -> Image:
        """uint8 (H, W, 3) of the photo's size and in its colour profile, not to be written to; raises as `check`."""
        with self._lock:
            found, profile = self._find(background)
            image = found(photo.size)
        return in_profile(image, profile, photo.profile)

    def _find(self, background: str | Image) -> tuple[Background, bytes | None]:
        """It, and the profile of its colours; None: sRGB."""
        if not isinstance(background, str):
            return Picture(checked_image(background)), None
        if self._kept is None or background != self._name:
            self._kept = self._open(background)
            self._name = background
        return self._kept

    def _open(self, text: str) -> tuple[Background, bytes | None]:
        if text.startswith("#"):
            return open_background(text), None
        path = named(text)
        if not path.suffix and not path.exists():
            raise UsageError(f"{shown(text)!r} is no background", "Give a picture, a colour like #00b140, or blur.")
        photo = read_photo(path, self._limits)
        return Picture(flattened(photo.image, photo.alpha)), photo.profile


def checked_image(image: Image) -> Image:
    """The image itself, if it is what it should be.

    Raises
    ------
    UsageError
        If it is not uint8 (H, W, 3), or has no pixel.
    """
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or not image.size:
        raise UsageError(f"an array of {image.dtype} {image.shape} is no picture", "Give uint8 (H, W, 3), BGR.")
    return image


def before(photo: Photo, alpha: Alpha, request: Request, backdrops: Backdrops) -> Image:
    """The subject before what the request names, as the live effects of that kind make it.

    Parameters
    ----------
    photo
        What is transparent in it is neither subject nor room.
    alpha
        uint8 (H, W), of the subject.
    request
        Its background is not empty.
    backdrops
        Opens it.
    """
    if request.is_blur:
        no_room = alpha if photo.alpha is None else np.asarray(cv2.max(alpha, cv2.bitwise_not(photo.alpha)), np.uint8)
        room = blurred_room(photo.image, no_room, request.blur_px)
        lay_over(photo.image, alpha, room)
        return room
    background = backdrops.behind(photo, request.background)
    picture = front_of(photo, alpha)
    for top in range(0, len(picture), STRIP):  # in place: no third picture of that size
        rows = slice(top, top + STRIP)
        picture[rows] = blend(picture[rows], alpha[rows], background[rows])
    return picture


def front_of(photo: Photo, alpha: Alpha) -> Image:
    """The subject's own colours in a new array, uint8 (H, W, 3); what lies below transparent pixels is none of them.

    Where the photo has an alpha itself its colours are clean already: nobody mixed the room's into them.
    """
    if photo.alpha is None:
        return cleaned(photo.image, alpha)
    front = cleaned(flattened(photo.image, photo.alpha), alpha)
    cv2.copyTo(photo.image, cv2.inRange(photo.alpha, np.array(0), np.array(254)), front)
    return front


def flattened(image: Image, alpha: Alpha | None) -> Image:
    """What a picture that has an alpha itself looks like on white: what lies below it may be anything."""
    if alpha is None:
        return image
    return blend(image, alpha, np.full_like(image, 255))


def both(alpha: Alpha, own: Alpha | None) -> Alpha:
    """The product of the matte and the alpha that a picture had itself."""
    return alpha if own is None else np.asarray(cv2.multiply(alpha, own, scale=1 / 255), np.uint8)
