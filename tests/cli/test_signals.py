"""What ends a run cleanly, and what does not end it."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator

import pytest

from live_seg.cli.signals import signals, unwinding

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals cannot be sent to oneself there")


@pytest.fixture(params=["SIGINT", "SIGTERM", "SIGHUP"])
def number(request: pytest.FixtureRequest) -> Iterator[int]:
    number = getattr(signal, request.param)
    before = signal.getsignal(number)
    yield number
    signal.signal(number, before)


def test_a_signal_stops_the_run_once_and_is_named_afterwards(number: int) -> None:
    stopped: list[str] = []
    signal.signal(number, signal.SIG_DFL)
    with signals(lambda: stopped.append("now")) as came:
        os.kill(os.getpid(), number)
        os.kill(os.getpid(), number)  # to the process and to its group
    assert came == [number]
    assert stopped == ["now"]
    assert signal.getsignal(number) is signal.SIG_DFL


def test_what_was_to_be_ignored_stays_ignored(number: int) -> None:
    """`nohup live-seg …` outlives its terminal; `live-seg … &` in a script is not ended by Ctrl-C for the script."""
    signal.signal(number, signal.SIG_IGN)
    with signals(lambda: pytest.fail("it was stopped")) as came:
        os.kill(os.getpid(), number)
    assert came == []
    assert signal.getsignal(number) is signal.SIG_IGN


def test_what_unwinds_closes_what_it_holds_and_names_the_signal(number: int) -> None:
    signal.signal(number, signal.SIG_DFL)
    closed: list[bool] = []
    with pytest.raises((KeyboardInterrupt, SystemExit)) as ended, unwinding():
        try:
            os.kill(os.getpid(), number)
            pytest.fail("it went on")
        finally:
            closed.append(True)
    assert closed == [True]
    if number == signal.SIGINT:
        assert ended.type is KeyboardInterrupt
    else:
        assert ended.value.code == 128 + number
    assert signal.getsignal(number) is signal.SIG_DFL


def test_where_something_hangs_a_second_signal_is_offered(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("live_seg.cli.signals._PATIENCE_S", 0.1)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where the tests run in the background
    try:
        for hangs_s in (0.0, 0.5):
            with signals(lambda: None):
                os.kill(os.getpid(), signal.SIGINT)
                time.sleep(hangs_s)
            time.sleep(0.3)
            assert ("once more" in capsys.readouterr().err) == bool(hangs_s)
    finally:
        signal.signal(signal.SIGINT, before)
