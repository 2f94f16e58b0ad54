"""Photo and request -> photo, through the same network, `Matter` and effects as the live picture."""

from __future__ import annotations

import threading
from dataclasses import replace

from live_seg.closing import Closing
from live_seg.config import build
from live_seg.effects.transparent import cut_out
from live_seg.frame import Alpha, Frame, Image, Size
from live_seg.matting import choose
from live_seg.matting.region import Box, subject_box
from live_seg.matting.still import StillMatter
from live_seg.models.network import KEPT
from live_seg.photo.backdrop import Backdrops, before, both, flattened, front_of
from live_seg.photo.colours import STRIP
from live_seg.photo.limits import Limits
from live_seg.photo.photo import Photo
from live_seg.photo.request import Request

_LIKE = Size(1280, 720)
"""The engine is chosen as for the live picture, whose choice is remembered."""

_ROOM = 0.04
"""What `crop` leaves round the subject, of its longer side."""


class Cutter(Closing):
    """Cuts subjects out of photos. One network in memory; a context manager.

    May be called from several threads: the network works for one of them at a time, the rest of the work overlaps.

    Parameters
    ----------
    model
        "person", or another family or row of `live-seg models`, or an .onnx file.
    engine
        "auto", "cpu", "openvino", "cuda", "tensorrt".
    threads
        For the network; 0: one for each core, at most 4.
    limits
        For pictures that a request names as its background.
    sessions
        Sessions of the network that are kept, one for each shape: fewer need less memory, and are made more often.

    Attributes
    ----------
    why
        One line: which network runs on what.

    Raises
    ------
    EngineError
        If the engine does not work here.
    UsageError
        If there is no such model or engine, or that are too many threads.
    """

    def __init__(
        self,
        model: str = "person",
        engine: str = "auto",
        threads: int = 0,
        limits: Limits | None = None,
        sessions: int = KEPT,
    ) -> None:
        choice = choose(build({"engine": {"name": engine, "model": model, "threads": threads}}).engine, _LIKE)
        self.why = choice.why
        choice.network.kept = sessions
        self._matter = StillMatter(choice.network)
        self._backdrops = Backdrops(limits or Limits())
        self._lock = threading.Lock()

    def __call__(self, photo: Photo, request: Request | None = None) -> Photo:
        """The photo as the request wants it; `is_empty` if nobody was found.

        Raises
        ------
        EngineError
            If the network fails.
        UsageError
            If the background cannot be used.
        """
        request = request or Request()
        alpha = self.matte(photo)
        box = subject_box(alpha)
        if request.crop and box is not None:
            part = _roomy(box, photo.size).slices
            own = None if photo.alpha is None else photo.alpha[part]
            photo, alpha = replace(photo, image=photo.image[part], alpha=own), alpha[part]
        made = self.compose(photo, alpha, request)
        return replace(made, is_empty=box is None)

    def matte(self, photo: Photo) -> Alpha:
        """uint8 (H, W) at the photo's size, 255 = subject; what is transparent in the photo itself is not.

        Raises
        ------
        EngineError
            If the network fails.
        """
        seen = flattened(photo.image, photo.alpha)
        with self._lock:
            alpha = self._matter(Frame(seen, 0, 0.0)).alpha
        return both(alpha, photo.alpha)

    def check(self, request: Request) -> None:
        """Opens the background of a request, so that it is known to work before many photos are begun.

        Raises
        ------
        UsageError
            If it cannot be used.
        """
        if not request.matte and request.needs_picture:
            self._backdrops.check(request.background)

    def compose(self, photo: Photo, alpha: Alpha, request: Request) -> Photo:
        """The photo as the request wants it, but for the crop, by a matte that is known.

        Raises
        ------
        UsageError
            If the background cannot be used.
        """
        if request.matte:
            return replace(photo, image=alpha, alpha=None, profile=None)
        if request.is_transparent:
            front, alpha = self._on_nothing(photo, alpha)
            return replace(photo, image=front, alpha=alpha)
        picture = before(photo, alpha, request, self._backdrops)
        return replace(photo, image=picture, alpha=photo.alpha if request.is_blur else None)

    def _on_nothing(self, photo: Photo, alpha: Alpha) -> tuple[Image, Alpha]:
        """`transparent` on the cleaned colours, strip by strip: that needs no second whole picture."""
        front, alpha = front_of(photo, alpha), alpha.copy()
        for top in range(0, len(front), STRIP):
            rows = slice(top, top + STRIP)
            cut = cut_out(front[rows], alpha[rows])
            front[rows], alpha[rows] = cut[..., :3], cut[..., 3]
        return front, alpha

    def close(self) -> None:
        """Releases the network; may be called twice."""
        self._matter.close()


def _roomy(box: Box, size: Size) -> Box:
    room = round(_ROOM * max(box.size))
    return Box(
        max(0, box.left - room),
        max(0, box.top - room),
        min(size.width, box.right + room),
        min(size.height, box.bottom + room),
    )
