"""One job, from file to file; a picture that fails is an outcome, not the end of the batch."""

from __future__ import annotations

from dataclasses import replace

from live_seg.errors import LiveSegError
from live_seg.media.file import readable, shown
from live_seg.photo.cutter import Cutter
from live_seg.photo.output import check_target, mark_in, write_result
from live_seg.photo.photo import read_photo, write_photo
from live_seg.photo.task import Job, Outcome, Task, mark_of


def work(job: Job, task: Task, cutter: Cutter) -> Outcome:
    """Reads, cuts, writes. What an earlier, interrupted attempt at the same job has written stays."""
    source, target = str(job.source), str(job.target)
    try:
        readable(str(job.source))
        mark = mark_of(job, task)  # before it is read: one that is saved anew meanwhile is made again by the next run
        photo = read_photo(job.source, task.limits)
        check_target(job)
        photo = cutter(photo, task.request)
        data = write_photo(replace(photo, tags=replace(photo.tags, software=mark)), job.target.suffix)
        write_result(job.target, data)
    except LiveSegError as error:
        named = str(error) if shown(job.source) in str(error) else f"{shown(job.source)}: {error}"
        return Outcome(source, target, "failed", named)
    except (OSError, MemoryError) as error:
        reason = getattr(error, "strerror", None) or "there is not enough memory"
        where = getattr(error, "filename", None) or job.target
        return Outcome(source, target, "failed", f"{shown(job.source)}: {reason} ({shown(where)})")
    return Outcome(source, target, "done", "", photo.is_empty, *photo.size)


def is_done(job: Job, task: Task) -> bool:
    """Whether the target is there, made of this picture as it is now, as the task says."""
    try:
        return job.root is not None and bool(mark := mark_in(job.target)) and mark == mark_of(job, task)
    except OSError:  # no source: the work will say so
        return False
