"""`live_seg.cutout`: a picture in one line."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from live_seg.errors import UsageError
from live_seg.frame import Image
from live_seg.media.file import named
from live_seg.photo.backdrop import flattened
from live_seg.photo.cutter import Cutter
from live_seg.photo.output import write_result
from live_seg.photo.photo import Photo, from_pillow, read_photo, to_pillow, write_photo
from live_seg.photo.request import Request

if TYPE_CHECKING:
    from PIL.Image import Image as PillowImage

_lock = threading.Lock()
_kept: dict[str, Cutter] = {}
_P = TypeVar("_P", str, Path)


@overload
def cutout(
    image: NDArray[np.uint8], background: Any = None, model: str = "person", crop: bool = False
) -> NDArray[np.uint8]: ...
@overload
def cutout(image: PillowImage, background: Any = None, model: str = "person", crop: bool = False) -> PillowImage: ...
@overload
def cutout(image: _P, background: Any = None, model: str = "person", crop: bool = False) -> _P: ...
def cutout(image: Any, background: Any = None, model: str = "person", crop: bool = False) -> Any:
    """The person of a picture, on nothing or before a background. What comes in comes out.

    The network is loaded by the first call and kept for the next.

    Parameters
    ----------
    image
        An array, uint8 (H, W), (H, W, 3) BGR or (H, W, 4) BGRA, as OpenCV has it; a Pillow picture; or the path of a
        picture file.
    background
        None: nothing. A colour such as "#00b140"; "blur"; the path of a picture; an array; or a Pillow picture.
    model
        "person", or another name of `live-seg models`.
    crop
        Keep only the person and a little room round it.

    Returns
    -------
    array, Pillow picture or path
        An array: BGRA, or BGR if there is a background. A Pillow picture: RGBA or RGB, upright, with its colour
        profile. A path: `NAME-cutout.png` beside the picture, which is written.

    Raises
    ------
    UsageError
        If the picture or the background cannot be used, or there is no such model.
    EngineError
        If the network does not run.
    """
    request = Request(_background(background), crop=crop)
    if isinstance(image, str | Path):
        path = named(image)
        target = path.with_name(f"{path.stem}-cutout.png")
        write_result(target, write_photo(_cut(read_photo(path), request, model), "png"))
        return str(target) if isinstance(image, str) else target
    if _is_pillow(image):
        return to_pillow(_cut(from_pillow(image), request, model))
    made = _cut(_from_array(image), request, model)
    return made.image if made.alpha is None else np.dstack([made.image, made.alpha])


def _cut(photo: Photo, request: Request, model: str) -> Photo:
    with _lock:
        if model not in _kept:
            cutter = Cutter(model)
            while _kept:  # one network in memory
                _kept.popitem()[1].close()
            _kept[model] = cutter
        return _kept[model](photo, request)


def _background(background: Any) -> str | Image:
    if background is None:
        return ""
    if isinstance(background, str | Path):
        return str(background)
    photo = from_pillow(background) if _is_pillow(background) else _from_array(background)
    return flattened(photo.image, photo.alpha)


def _from_array(image: Any) -> Photo:
    if not isinstance(image, np.ndarray):
        raise UsageError(f"{type(image).__name__} is no picture", "Give an array, a Pillow picture or a path.")
    is_picture = image.dtype == np.uint8 and image.size and (image.ndim == 2 or image.shape[2:] in ((3,), (4,)))
    if not is_picture:
        raise UsageError(
            f"an array of {image.dtype} {image.shape} is no picture", "Give uint8 (H, W), (H, W, 3) BGR or (H, W, 4)."
        )
    if image.ndim == 2:
        return Photo(np.dstack([image] * 3))
    alpha = image[..., 3] if image.shape[2] == 4 else None
    return Photo(np.ascontiguousarray(image[..., :3]), None if alpha is None else np.ascontiguousarray(alpha))


def _is_pillow(image: Any) -> bool:
    pillow = sys.modules.get("PIL.Image")  # whoever has a Pillow picture has imported it
    return pillow is not None and isinstance(image, pillow.Image)
