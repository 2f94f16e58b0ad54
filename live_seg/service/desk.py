"""Where pages and bots hand a picture in: one is worked on, a few wait, the rest is refused."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import TypeVar

from live_seg.closing import Closing
from live_seg.errors import LiveSegError, UsageError, unknown
from live_seg.frame import Image, Size
from live_seg.models.network import KEPT
from live_seg.photo import Cutter, Limits, Request, read_photo, write_photo
from live_seg.photo.backdrop import flattened
from live_seg.shrink import shrink

T = TypeVar("T")

_SUBJECTS = {"pets": "cat or dog"}
"""What a model looks for, where its name is not the word for it."""


class Busy(LiveSegError):
    """As many jobs wait as may wait."""

    def __init__(self, waiting: int) -> None:
        super().__init__(f"{waiting} pictures are waiting already", "Try again in a few seconds.")


class NothingFound(UsageError):
    """There is no subject in the picture."""

    def __init__(self, model: str) -> None:
        super().__init__(f"no {_SUBJECTS.get(model, model)} was found in the picture", "Try one where it is larger.")


class Desk(Closing):
    """Cuts pictures out in one thread of its own, each network loaded when it is asked for first.

    Memory is bounded: one picture is decoded at a time, and of those that wait only the bytes are kept, until they are
    begun or cancelled.

    Parameters
    ----------
    models
        Names that may be asked for; the first is the usual one.
    engine, threads
        As `engine.name` and `engine.threads` of the configuration.
    waiting
        Jobs that may wait while one is worked on.
    limits
        What a picture may have at most, asked before it is decoded.
    sessions
        As for `Cutter`.
    networks
        Models that stay loaded, those that were asked for last.

    Attributes
    ----------
    open_jobs
        Jobs that wait or are worked on.
    """

    def __init__(
        self,
        models: Sequence[str] = ("person",),
        engine: str = "auto",
        threads: int = 0,
        waiting: int = 8,
        limits: Limits = Limits(),  # noqa: B008  # frozen
        sessions: int = KEPT,
        networks: int = 4,
    ) -> None:
        self.models = tuple(models)
        self.waiting = waiting
        self.limits = limits
        self._engine = engine
        self._threads = threads
        self._sessions = sessions
        self._networks = networks
        self._cutters: dict[str, Cutter] = {}  # touched by the worker only
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="desk")
        self._lock = threading.Lock()
        self.open_jobs = 0

    def submit(
        self, data: bytes, request: Request, model: str, format: str = "png", background: bytes = b""
    ) -> Future[bytes]:
        """Hands a picture in; may be called from any thread, never waits.

        Parameters
        ----------
        data
            A picture file.
        request
            What is wanted.
        model
            One of `models`.
        format
            "png" or "webp".
        background
            A picture file that stands in place of the request's background; empty: none.

        Returns
        -------
        Future[bytes]
            The cut-out as a picture file, or the error of a picture that is too large, none, or without a subject, or
            of the engine.
            Cancelled while it waits, it lets go of its bytes at once.

        Raises
        ------
        Busy
            If `waiting` jobs wait already.
        UsageError
            If there is no such model.
        """
        self.check_model(model)
        files = [data, background]

        def cut() -> bytes:
            picture, behind = files
            files.clear()
            wanted = replace(request, background=self._opaque(behind)) if behind else request
            made = self._cutter(model)(read_photo(picture, self.limits), wanted)
            if made.is_empty:
                raise NothingFound(model)
            return write_photo(made, format)

        return self._put(cut, files)

    def shrunk(self, data: bytes, longest_px: int) -> Future[bytes]:
        """The picture itself as a JPEG whose longer side has at most so many pixels; as `submit` otherwise."""
        files = [data]

        def work() -> bytes:
            image = self._opaque(files.pop())
            whole = Size.of(image)
            scale = min(1.0, longest_px / max(whole))
            size = Size(max(1, round(whole.width * scale)), max(1, round(whole.height * scale)))
            return write_photo(shrink(image, size), "jpeg")

        return self._put(work, files)

    def _opaque(self, file: bytes) -> Image:
        photo = read_photo(file, self.limits)
        return flattened(photo.image, photo.alpha)

    def check_model(self, model: str) -> None:
        """Raises `UsageError` for a model that is not among `models`."""
        if model not in self.models:
            raise unknown("model", model, self.models)

    def _put(self, work: Callable[[], T], files: list[bytes]) -> Future[T]:
        with self._lock:
            if self.open_jobs > self.waiting:
                raise Busy(self.waiting)
            self.open_jobs += 1
        future = self._worker.submit(work)

        def leave(_: Future[T]) -> None:
            files.clear()
            with self._lock:
                self.open_jobs -= 1

        future.add_done_callback(leave)
        return future

    def _cutter(self, model: str) -> Cutter:
        cutter = self._cutters.pop(model, None)
        if cutter is None:
            while len(self._cutters) >= self._networks:
                self._cutters.pop(next(iter(self._cutters))).close()
            cutter = Cutter(model, self._engine, self._threads, sessions=self._sessions)
        self._cutters[model] = cutter  # the one that was used last stands last
        return cutter

    def close(self) -> None:
        """Cancels what waits, finishes what is worked on, and releases the networks; may be called twice."""
        self._worker.shutdown(cancel_futures=True)
        while self._cutters:
            self._cutters.popitem()[1].close()
