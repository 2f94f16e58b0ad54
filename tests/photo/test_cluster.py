"""Pictures on a Dask cluster, of whose workers one is killed in the middle of a picture."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from made_photos import content, folder_of, hostile, photo, run

pytest.importorskip("distributed")

DIES = """
import os, signal
from pathlib import Path
count = 0
def replace(self, target, plain=Path.replace):
    global count
    count += self.suffix == ".part"
    if count > 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return plain(self, target)
Path.replace = replace
"""
"""Loaded into a worker: it is killed with its fourth picture half-way to its place."""


def started(stack: ExitStack, ready: str, *command: str) -> tuple[subprocess.Popen[str], str]:
    """A process of Dask's, and what it printed when it was ready."""
    process = stack.enter_context(
        subprocess.Popen([sys.executable, "-m", *command], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    )
    stack.callback(process.kill)
    assert process.stderr is not None
    for line in process.stderr:
        if ready in line:
            return process, line.split(ready)[1].strip()
    raise AssertionError(f"{command[0]} ended before it was ready")


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


def scheduler(stack: ExitStack) -> str:
    """Address of a scheduler on a free port."""
    words = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
    return started(stack, "Scheduler at:", "distributed.cli.dask_scheduler", *words)[1]


def worker(stack: ExitStack, address: str, *words: str) -> subprocess.Popen[str]:
    options = ["--nthreads", "1", "--no-nanny", "--no-dashboard", *words]
    return started(stack, "Registered to:", "distributed.cli.dask_worker", address, *options)[0]


def test_with_a_worker_killed_on_the_way_nothing_is_lost_or_told_twice(tmp_path: Path, stack: ExitStack) -> None:
    tree = folder_of(tmp_path / "in", 16)
    bad = hostile(tree / "bad")
    (tmp_path / "dies.py").write_text(DIES)
    address = scheduler(stack)
    doomed = worker(stack, address, "--preload", str(tmp_path / "dies.py"))
    with ThreadPoolExecutor(1) as beside:
        killed = beside.submit(doomed.wait, 120)
        killed.add_done_callback(lambda _: worker(stack, address))  # not before: it might do all of them
        done = run("in", "-o", "out", "--cluster", address, "--json", cwd=tmp_path)
    assert killed.result() == -signal.SIGKILL
    assert done.returncode == 1, done.stderr
    outcomes = json.loads(done.stdout)
    assert len({one["source"] for one in outcomes}) == len(outcomes) == 16 + len(bad)
    assert sorted(Path(one["source"]).name for one in outcomes if one["status"] == "failed") == sorted(bad)
    made = sorted(str(path.relative_to(tmp_path)) for path in (tmp_path / "out").rglob("*") if path.is_file())
    assert made == sorted(one["target"] for one in outcomes if one["status"] == "done")
    again = run("in", "-o", "out", "--cluster", address, "--json", cwd=tmp_path)
    assert [one["status"] for one in json.loads(again.stdout)].count("skipped") == 16


def test_a_background_is_found_by_workers_in_other_folders(tmp_path: Path, stack: ExitStack) -> None:
    folder_of(tmp_path / "in", 1)
    (tmp_path / "room.png").write_bytes(content(photo(1)))
    address = scheduler(stack)
    worker(stack, address)
    words = ["in", "-o", "out", "--background", "room.png", "--json", "--cluster", address]
    for status in ("done", "skipped"):
        done = run(*words, cwd=tmp_path)
        assert [one["status"] for one in json.loads(done.stdout)] == [status], done.stderr


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense://x"])
def test_where_there_is_no_scheduler_that_is_said(tmp_path: Path, address: str) -> None:
    code = "import live_seg.photo.cluster as cluster; cluster._PATIENCE_S = 1"
    done = run(folder_of(tmp_path / "in", 1), "-o", tmp_path / "out", "--cluster", address, code=code)
    assert done.returncode == 2
    assert f"there is no Dask scheduler at {address}" in done.stderr.decode()


def test_a_scheduler_without_workers_is_said(tmp_path: Path, stack: ExitStack) -> None:
    address = scheduler(stack)
    code = "import live_seg.photo.cluster as cluster; cluster._PATIENCE_S = 3"
    done = run(folder_of(tmp_path / "in", 1), "-o", tmp_path / "out", "--cluster", address, code=code)
    assert done.returncode == 2
    assert b"has no worker" in done.stderr
