"""How one stage hands its work to the next: the only difference between live and offline.

Live, the newest wins: a slow stage drops frames and never queues them, so that delay is bounded by construction.
Offline, nothing is lost: a full queue makes the stage before it wait.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import Generic, Protocol, TypeVar

T = TypeVar("T")


class Closed(Exception):  # a state, not an error
    """The other side has ended."""


class Handover(Protocol[T]):
    """One producer, one consumer."""

    dropped: int

    def put(self, item: T) -> None:
        """Hands over; raises `Closed` if the handover is closed."""

    def get(self, timeout_s: float) -> T | None:
        """What was handed over, or None after the timeout; raises `Closed` when nothing is left and none will come."""

    def close(self) -> None:
        """Ends it from either side; what was handed over can still be taken."""

    def cancel(self) -> None:
        """Ends it and throws away what is in it."""


class Newest(Generic[T]):
    """A slot for one item: a new one replaces one that was not taken, which counts as dropped."""

    def __init__(self) -> None:
        self.dropped = 0
        self._items: deque[T] = deque()
        self._change = threading.Condition()
        self._closed = False

    def put(self, item: T) -> None:
        """See `Handover`; never waits."""
        with self._change:
            if self._closed:
                raise Closed
            if self._items:
                self._items.clear()
                self.dropped += 1
            self._items.append(item)
            self._change.notify_all()

    def get(self, timeout_s: float) -> T | None:
        """See `Handover`."""
        with self._change:
            self._change.wait_for(lambda: self._items or self._closed, timeout_s)
            if self._items:
                item = self._items.popleft()
                self._change.notify_all()
                return item
            if self._closed:
                raise Closed
            return None

    def close(self) -> None:
        """See `Handover`."""
        with self._change:
            self._closed = True
            self._change.notify_all()

    def cancel(self) -> None:
        """See `Handover`."""
        with self._change:
            self._items.clear()
            self._closed = True
            self._change.notify_all()


class Lossless(Newest[T]):
    """A queue for a few items: `put` waits while it is full.

    Four frames let the stages run unevenly and keep memory bounded: 11 MB at 1280x720.
    """

    _capacity = 4

    def put(self, item: T) -> None:
        """See `Handover`; waits while the queue is full."""
        with self._change:
            self._change.wait_for(lambda: self._closed or len(self._items) < self._capacity)
            if self._closed:
                raise Closed
            self._items.append(item)
            self._change.notify_all()
