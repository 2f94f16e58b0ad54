"""What native libraries print is heard, and the terminal is back afterwards, whoever listens at the same time."""

from __future__ import annotations

import logging
import os

import pytest

from live_seg.cli.main import Terminal
from live_seg.engines.overheard import Overheard, why

MISSING = b"libcudnn.so.9: cannot open shared object file\n"


def test_who_listens_hears_what_is_printed_meanwhile(capfd: pytest.CaptureFixture[str]) -> None:
    listening = Overheard()
    with listening:
        os.write(2, MISSING)
    assert listening.reason == "the library libcudnn.so.9 is missing"
    os.write(2, b"back\n")
    assert capfd.readouterr() == ("", "back\n")


def test_what_is_missing_on_windows_is_named_too() -> None:
    text = r'Error loading "C:\x\onnxruntime_providers_cuda.dll" which depends on "cublasLt64_13.dll" which is missing.'
    assert why(text + ' (Error 126: "The specified module could not be found.")') == (
        "the library cublasLt64_13.dll is missing"
    )


def test_of_two_that_listen_at_a_time_the_last_gives_the_terminal_back(capfd: pytest.CaptureFixture[str]) -> None:
    """A network is loaded while a graph is built in another thread: neither lies within the other."""
    first, second = Overheard(), Overheard()
    first.__enter__()
    os.write(2, MISSING)
    second.__enter__()
    first.__exit__()
    os.write(1, b"Please install TensorRT libraries\nlive-seg: took the first camera\n")
    second.__exit__()
    assert first.reason == "the library libcudnn.so.9 is missing"
    assert second.reason == "TensorRT is not installed"
    os.write(1, b"out\n")
    os.write(2, b"error\n")
    assert capfd.readouterr() == ("out\n", "live-seg: took the first camera\nerror\n")


def test_what_we_say_ourselves_is_shown_at_once(capfd: pytest.CaptureFixture[str]) -> None:
    """TensorRT's first plan takes minutes, in which a camera may be lost."""
    handler, lost = Terminal(), logging.makeLogRecord({"msg": "the camera is gone"})
    with Overheard():
        os.write(2, b"noise\n")
        handler.emit(lost)
        assert capfd.readouterr().err == "the camera is gone\n"
    handler.emit(lost)
    assert capfd.readouterr().err == "the camera is gone\n"
