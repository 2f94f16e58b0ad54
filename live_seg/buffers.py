"""Memory for pictures that is used again as soon as nobody holds the picture any more."""

from __future__ import annotations

import math
import weakref
from collections import deque
from collections.abc import Callable
from contextlib import suppress

import numpy as np
from numpy.typing import NDArray

from live_seg.frame import Image

_KEPT = 4
"""Free pictures that are kept: one is made while a sink writes another and a third waits; 11 MB at 1280x720."""


class Buffers:
    """Gives arrays for pictures.

    A picture's memory that is new for each frame costs more than filling it: the system has to find and clear 675
    pages for 1280x720. Sinks keep a picture as long as they like, so nobody can say "done"; the memory comes back when
    the last array that shows it is gone. It may be taken, and come back, in any thread.

    Parameters
    ----------
    new
        Makes memory of so many bytes, where none is free.
    """

    def __init__(self, new: Callable[[int], NDArray[np.uint8]] = lambda size: np.empty(size, np.uint8)) -> None:
        self._new = new
        self._free: deque[NDArray[np.uint8]] = deque(maxlen=_KEPT)

    def take(self, shape: tuple[int, ...]) -> Image:
        """uint8 of that shape; holds what an earlier picture left in it."""
        size = math.prod(shape)
        memory = np.empty(0, np.uint8)
        with suppress(IndexError):
            memory = self._free.pop()
        if memory.size != size:
            memory = self._new(size)
        # NumPy's views hold the array that lies directly over foreign memory: every view of the picture holds this one.
        whole: Image = np.frombuffer(memory.data, np.uint8)
        weakref.finalize(whole, self._free.append, memory).atexit = False
        return whole.reshape(shape)
