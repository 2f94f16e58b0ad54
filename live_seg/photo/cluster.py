"""Many pictures on many machines, by Dask; all of them see the same folders under the same names."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from live_seg.errors import LiveSegError, UsageError
from live_seg.media.file import named
from live_seg.photo.cutter import Cutter
from live_seg.photo.task import Job, Outcome, Task
from live_seg.photo.work import work

_PATIENCE_S = 30
"""How long the scheduler and its first worker are waited for."""

_ATTEMPTS = 10
"""Workers that may be lost over one picture before it counts as the one that kills them."""

_lock = threading.Lock()
_cutters: dict[Task, Cutter] = {}


def run_there(address: str, jobs: Sequence[Job], task: Task, done: Callable[[Outcome], None]) -> None:
    """Works on the jobs on the workers of a Dask scheduler. Those of a worker that is lost are given to another.

    An attempt that was cut short leaves no result, and one that comes twice the same: so every picture is there once,
    and told once.

    Parameters
    ----------
    address
        Of the scheduler: `tcp://host:8786`.
    jobs, task, done
        As for `run_here`.

    Raises
    ------
    UsageError
        If there is no scheduler, or no worker.
    EngineError
        If the network cannot be loaded there.
    """
    import dask
    from distributed import Client, as_completed

    try:
        with dask.config.set({"distributed.comm.timeouts.connect": f"{_PATIENCE_S}s"}):
            client = Client(address, timeout=_PATIENCE_S, set_as_default=False)
    except (OSError, ValueError):  # the latter for what is no address
        raise UsageError(f"there is no Dask scheduler at {address}", "Start one: dask scheduler.") from None
    with client:
        try:
            client.wait_for_workers(1, timeout=_PATIENCE_S)
        except TimeoutError:
            raise UsageError(
                f"the scheduler at {address} has no worker", f"Start some: dask worker {address}."
            ) from None
        task = _absolute_task(task)
        futures = {client.submit(_work_there, _absolute(job), task, pure=False): job for job in jobs}
        for future in as_completed(list(futures), loop=client.loop):
            done(_outcome(future, futures.pop(future)))
            future.release()


def _outcome(future: Any, job: Job) -> Outcome:
    source, target = str(job.source), str(job.target)
    try:
        outcome: Outcome = future.result()
    except LiveSegError:
        raise
    except Exception as error:  # noqa: BLE001  # whatever went wrong on another machine
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
        return Outcome(source, target, "failed", f"{source}: {reason}")
    return replace(outcome, source=source, target=target)


def _absolute(job: Job) -> Job:
    return Job(job.source.absolute(), job.target.absolute(), job.root and job.root.absolute())


def _absolute_task(task: Task) -> Task:
    """The task with whole paths: workers run in folders of their own."""
    request, model = task.request, task.model
    if isinstance(request.background, str) and request.needs_picture and not request.background.startswith("#"):
        request = replace(request, background=str(named(request.background).absolute()))
    if model.lower().endswith(".onnx"):
        model = str(Path(model).expanduser().absolute())
    return replace(task, request=request, model=model)


def _work_there(job: Job, task: Task) -> Outcome:
    """Runs in a worker, which keeps its network from job to job."""
    with _lock:
        key = replace(task, request=None)  # type: ignore[arg-type]
        if key not in _cutters:
            while _cutters:
                _cutters.popitem()[1].close()
            _cutters[key] = Cutter(task.model, task.engine, task.threads, task.limits)
        cutter = _cutters[key]
    return work(job, task, cutter)
