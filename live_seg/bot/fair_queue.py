"""A bounded queue in which users take turns: a full album of one holds nobody up."""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

J = TypeVar("J")


class Full(Exception):
    """No room; `own` says that the user's own share is used up."""

    def __init__(self, own: bool) -> None:
        super().__init__("the queue is full")
        self.own = own


class FairQueue(Generic[J]):
    """Gives out one job of each user in turn, and never two of one user at the same time: theirs stay in order.

    Parameters
    ----------
    most, most_each
        Jobs that may wait, in all and of one user.
    """

    def __init__(self, most: int, most_each: int) -> None:
        self._most = most
        self._most_each = most_each
        self._waiting: OrderedDict[int, deque[J]] = OrderedDict()  # the user whose turn is next comes first
        self._running: set[int] = set()
        self._changed = asyncio.Event()

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values()))

    def put(self, user: int, jobs: Sequence[J]) -> int:
        """Adds all jobs or none.

        Returns
        -------
        int
            How many come before the first of them.

        Raises
        ------
        Full
            If there is no room for all of them.
        """
        own = len(self._waiting.get(user, ()))
        if own + len(jobs) > self._most_each:
            raise Full(own=True)
        if len(self) + len(jobs) > self._most:
            raise Full(own=False)
        self._waiting.setdefault(user, deque()).extend(jobs)
        self._changed.set()
        return self._before(user, own) + len(self._running)

    def _before(self, user: int, own: int) -> int:
        """Jobs that wait and come before a user's one that has so many of his own before it."""
        turns = list(self._waiting)
        place = turns.index(user)
        earlier = sum(min(len(self._waiting[other]), own + 1) for other in turns[:place])
        later = sum(min(len(self._waiting[other]), own) for other in turns[place + 1 :])
        return earlier + own + later

    def waiting_of(self, user: int) -> int:
        """How many jobs of a user wait."""
        return len(self._waiting.get(user, ()))

    def drop(self, user: int, is_old: Callable[[J], bool]) -> None:
        """Takes out the jobs of a user that something newer has replaced."""
        kept = deque(job for job in self._waiting.pop(user, ()) if not is_old(job))
        if kept:
            self._waiting[user] = kept

    async def take(self) -> tuple[int, J]:
        """Waits for the next job; its user gets another one only after `done`."""
        while True:
            for user, jobs in self._waiting.items():
                if user not in self._running:
                    job = jobs.popleft()
                    self._waiting.pop(user)
                    if jobs:
                        self._waiting[user] = jobs  # behind all others
                    self._running.add(user)
                    return user, job
            self._changed.clear()
            await self._changed.wait()

    def done(self, user: int) -> None:
        """The user's job is done, well or badly."""
        self._running.discard(user)
        self._changed.set()

    async def idle(self, patience_s: float) -> None:
        """Waits until all jobs that were taken are done, at most so long."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience_s):
                while self._running:
                    self._changed.clear()
                    await self._changed.wait()

    def empty(self) -> list[J]:
        """Takes out all that waits: the first job of each user."""
        firsts = [jobs[0] for jobs in self._waiting.values()]
        self._waiting.clear()
        return firsts
