"""A page that is really served, and what visits it."""

from __future__ import annotations

import contextlib
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import requests
from PIL import Image as Pillow

from live_seg.config import Config
from live_seg.photo import Limits
from live_seg.service import Desk
from live_seg.web.app import application
from live_seg.web.server import serving
from live_seg.web.studio import Studio

LIMITS = Limits(bytes=400_000, pixels=300_000)

VALUES = {
    "source": {"camera": "synthetic", "size": "320x180"},
    "engine": {"name": "fixed"},
    "window": {"show": False},
    "guard": {"max_age_ms": 20000},  # whatever the machine that tests is doing, only faults hide the room
}


def picture(width: int = 64, height: int = 48, kind: str = "PNG", colour: tuple[int, int, int] | None = None) -> bytes:
    """A picture file of noise, or of one colour."""
    noise = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    image = Pillow.fromarray(noise) if colour is None else Pillow.new("RGB", (width, height), colour)
    stream = BytesIO()
    image.save(stream, kind)
    return stream.getvalue()


def until(claim: Callable[[], Any], patience_s: float = 20.0) -> Any:
    """Waits until the claim holds; gives what it gave."""
    end = time.monotonic() + patience_s
    while time.monotonic() < end:
        if found := claim():
            return found
        time.sleep(0.01)
    raise AssertionError("it never came true")


@dataclass
class Site:
    """A page that is served."""

    url: str
    studio: Studio
    desk: Desk

    @property
    def host(self) -> str:
        return self.url.removeprefix("http://").rstrip("/")

    def cut(self, data: bytes = b"", query: str = "", **options: Any) -> requests.Response:
        files = {"image": ("x.png", data or picture())}
        return requests.post(f"{self.url}api/cutout{query}", files=files, timeout=30, **options)

    def get(self, path: str, **options: Any) -> requests.Response:
        return requests.get(self.url + path, timeout=30, **options)

    def state(self) -> dict[str, Any]:
        return self.get("api/live").json()

    def change(self, values: dict[str, Any]) -> requests.Response:
        return requests.patch(f"{self.url}api/live", json=values, timeout=30)

    @contextlib.contextmanager
    def looking(self) -> Iterator[Iterator[bytes]]:
        """One viewer: gives the JPEGs that come."""
        with requests.get(f"{self.url}api/live/picture", stream=True, timeout=30) as answer:
            yield _parts(answer)


def _parts(answer: requests.Response) -> Iterator[bytes]:
    boundary = answer.headers["Content-Type"].partition("boundary=")[2].encode()
    rest = b""
    for chunk in answer.iter_content(None):
        rest += chunk
        while (end := rest.find(b"\r\n--" + boundary)) >= 0:
            part, rest = rest[:end], rest[end + 2 :]
            yield part.partition(b"\r\n\r\n")[2]


@contextlib.contextmanager
def site_of(
    config: Config, waiting: int = 2, models: tuple[str, ...] = ("person",), port: int = 0, **options: Any
) -> Iterator[Site]:
    """Serves a page within the block."""
    studio = Studio(config, linger_s=0.0)
    thread = threading.Thread(target=studio.run)
    with (
        tempfile.TemporaryDirectory() as folder,
        Desk(models, "fixed", waiting=waiting, limits=LIMITS) as desk,
    ):
        app = application(studio, desk, Path(folder), **options)
        with serving(app, "127.0.0.1", port) as given:
            thread.start()
            try:
                yield Site(f"http://127.0.0.1:{given}/", studio, desk)
            finally:
                studio.stop()
                thread.join()
