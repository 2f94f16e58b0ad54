"""Many pictures on this machine: some are decoded and encoded while the network works on another."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager

from live_seg.errors import LiveSegError
from live_seg.photo.cutter import Cutter
from live_seg.photo.photo import size_of
from live_seg.photo.task import Job, Outcome, Task
from live_seg.photo.work import work

log = logging.getLogger("live_seg")

_BUDGET = 60_000_000
"""Pixels in memory at a time, of all pictures together: about 900 MB. A larger picture comes alone."""


def run_here(jobs: Sequence[Job], task: Task, done: Callable[[Outcome], None]) -> None:
    """Works on the jobs in as many threads as there are cores, at most 4; the network in one of them at a time.

    Parameters
    ----------
    jobs
        In this order, more or less.
    task
        What is made of each.
    done
        Called in this thread with each outcome, as they come.

    Raises
    ------
    EngineError, UsageError
        If the network cannot be loaded or the background cannot be used: before any job is begun.
    """
    budget = _Budget(_BUDGET)
    over = threading.Event()

    def one(job: Job) -> Outcome | None:
        if over.is_set():
            return None
        with budget.take(_pixels(job, task)):
            return None if over.is_set() else work(job, task, cutter)

    with Cutter(task.model, task.engine, task.threads, task.limits) as cutter:
        log.info("%s", cutter.why)
        cutter.check(task.request)
        with ThreadPoolExecutor(_cores(), thread_name_prefix="photo") as pool:
            try:
                for future in as_completed([pool.submit(one, job) for job in jobs]):
                    outcome = future.result()
                    if outcome is not None:
                        done(outcome)
            finally:  # Ctrl-C: what is begun is finished, nothing more is begun
                over.set()


def _pixels(job: Job, task: Task) -> int:
    try:
        size = size_of(job.source, task.limits)
    except (LiveSegError, OSError):  # the work will say so
        return 0
    return size.width * size.height


def _cores() -> int:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, 4)


class _Budget:
    """Pixels that may be in memory; whoever wants more than is left waits, unless nobody has any."""

    def __init__(self, pixels: int) -> None:
        self._all = self._left = pixels
        self._changed = threading.Condition()

    @contextmanager
    def take(self, pixels: int) -> Iterator[None]:
        """Holds so many pixels."""
        with self._changed:
            self._changed.wait_for(lambda: pixels <= self._left or self._left == self._all)
            self._left -= pixels
        try:
            yield
        finally:
            with self._changed:
                self._left += pixels
                self._changed.notify_all()
