"""A `cv2.VideoCapture` that does what a test tells it, and blocks where a real one blocks: in `grab`."""

from __future__ import annotations

import queue
import threading

import cv2
import numpy as np


class FakeCapture:
    """Gives a picture for each `give`; waits in `grab` until there is something to give, as a driver does.

    `obeys`: whether what is asked by `set` comes about. A cable is pulled by `pull`.
    """

    def __init__(self, size=(640, 480), fps=30.0, fourcc="YUYV", obeys=False, opened=True, backend="V4L2"):
        self.properties = {
            cv2.CAP_PROP_FRAME_WIDTH: float(size[0]),
            cv2.CAP_PROP_FRAME_HEIGHT: float(size[1]),
            cv2.CAP_PROP_FPS: fps,
            cv2.CAP_PROP_FOURCC: float(int.from_bytes(fourcc.encode(), "little")),
        }
        self.asked = []
        self.released = threading.Event()
        self.grabbing = threading.Event()
        self._obeys = obeys
        self._opened = opened
        self._backend = backend
        self._coming = queue.Queue()
        self._grabbed = None

    def isOpened(self):  # noqa: N802
        return self._opened

    def get(self, propId):  # noqa: N803
        return self.properties.get(propId, 0.0)

    def set(self, propId, value):  # noqa: N803
        self.asked.append((propId, value))
        if self._obeys:
            self.properties[propId] = float(value)
        return True  # as real drivers do, also when they change nothing

    def grab(self):
        self.grabbing.set()
        item = self._coming.get()
        if isinstance(item, Exception):
            raise item
        self._grabbed = item
        return item is not None

    def retrieve(self):
        return self._grabbed is not None, self._grabbed

    def getBackendName(self):  # noqa: N802
        return self._backend

    def release(self):
        self.released.set()

    def give(self, value=0, image=None):
        """One picture, all of `value`."""
        width, height = int(self.get(cv2.CAP_PROP_FRAME_WIDTH)), int(self.get(cv2.CAP_PROP_FRAME_HEIGHT))
        self._coming.put(np.full((height, width, 3), value, np.uint8) if image is None else image)

    def fail(self, times=1, error=None):
        """As many failed reads."""
        for _ in range(times):
            self._coming.put(error)

    def pull(self):
        """The cable: every read fails from now on."""
        self.fail(1000)
