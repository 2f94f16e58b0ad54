"""Pipes: readers that go away, outputs that cannot be written, an input that is closed."""

from __future__ import annotations

import errno
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from run_command import run_live_seg

from live_seg.cli.main import main


def test_a_reader_that_goes_away_is_no_error() -> None:
    for words in (["--print-config"], ["--help"]):
        command = [sys.executable, "-m", "live_seg", *words]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            process.stdout.close()
            assert process.stderr.read() == b""
            assert process.wait(60) == 0


def test_a_pipe_from_a_closed_input_is_an_empty_picture() -> None:
    done = run_live_seg("photo", "-", "-o", "out.png", preexec_fn=lambda: os.close(0))
    assert done.stderr == "live-seg: the picture is empty. Give another file, or copy it once more.\n"
    assert done.returncode == 2


def test_a_reader_that_goes_early_is_no_error() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "live_seg", "models"]
    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("words", [["--help"], ["models"]], ids=" ".join)
def test_what_could_not_be_written_is_one_line_and_no_success(words: list[str], unbuffered: str) -> None:
    command = [sys.executable, "-m", "live_seg", *words]
    environment = os.environ | {"PYTHONUNBUFFERED": unbuffered}
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False, env=environment
        )
    assert (done.returncode, done.stderr) == (1, "live-seg: No space left on device\n")


def test_a_help_that_could_not_be_written_is_no_success(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(io.StringIO):
        def write(self, text: str) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(sys, "stdout", Full())
    assert main(["--help"]) == 1  # argparse of Python 3.11.7 and later kept this to itself
