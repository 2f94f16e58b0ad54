"""What the checks share: modules, waiting for a state, other programs. Runs in the guest, as root."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from live_seg.cli.main import main

T = TypeVar("T")

LIVE_SEG = [str(Path(sys.executable).with_name("live-seg"))]

PATIENCE_S = 120.0  # an emulated processor under load; what is waited for mostly comes within seconds


def load_vivid() -> None:
    """The kernel's test camera, /dev/video0 if that is free: colour bars with text."""
    shell("modprobe vivid n_devs=1 node_types=0x1 num_inputs=1 input_types=0x0")
    wait_for("vivid's node", lambda: nodes("vivid"))


def load_loopback(options: str = 'video_nr=9 card_label="Live Seg Camera" exclusive_caps=1') -> None:
    """The virtual camera, /dev/video9."""
    shell(f"modprobe v4l2loopback {options}")


def nodes(name: str) -> list[Path]:
    """Device nodes whose name contains `name`, by what the kernel says in /sys."""
    found = []
    for folder in sorted(Path("/sys/class/video4linux").glob("video*")):
        if name.lower() in (folder / "name").read_text().lower() and Path("/dev", folder.name).exists():
            found.append(Path("/dev", folder.name))
    return found


def shell(command: str) -> str:
    """Runs a command; its output, or an error with it."""
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    if done.returncode:
        raise AssertionError(f"{command}: exit code {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout


def wait_for(what: str, state: Callable[[], T], patience_s: float = PATIENCE_S) -> T:
    """Waits until `state()` is true, and returns it; never a fixed time."""
    end = time.monotonic() + patience_s
    while time.monotonic() < end:
        value = state()
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError(f"{what}: not within {patience_s:.0f} s")


def live_seg(*options: str) -> tuple[int, str]:
    """Runs the command in this process, which saves seconds of imports; exit code, and all that it prints."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        code = main(options)
    return code, printed.getvalue()


class Program:
    """A program that runs beside the check; what it prints is in `text`. Ended with the check."""

    def __init__(self, *command: str, name: str) -> None:
        self.name = name
        self._log = Path(f"/tmp/{name}.log")
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                command,
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                env={**os.environ, "PYTHONFAULTHANDLER": "1"},
            )

    @property
    def text(self) -> str:
        return self._log.read_text(errors="replace")

    def wait_for(self, part: str, patience_s: float = PATIENCE_S) -> None:
        """Until it has printed `part`; an end before that is an error."""

        def printed() -> bool:
            if part in self.text:
                return True
            assert self.process.poll() is None, f"{self.name} ended with {self.process.returncode}:\n{self.text}"
            return False

        try:
            wait_for(f"{part!r} from {self.name}", printed, patience_s)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.text}") from None

    def end(self, number: int = signal.SIGTERM) -> int:
        """Sends a signal and waits; the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGABRT)  # it prints where each of its threads is
            self.process.wait()
            raise AssertionError(f"{self.name} does not end:\n{self.text}") from None

    def __enter__(self) -> Program:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def passed(what: str) -> None:
    """One thing that held."""
    print(f"    {what}", flush=True)
