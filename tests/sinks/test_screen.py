"""Where an X server is looked for: at each of the places where one may listen."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator

import pytest

from live_seg.sinks.screen import screen_problem


@pytest.fixture(autouse=True)
def unix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")


@pytest.fixture
def server() -> Iterator[socket.socket]:
    """A server that listens on TCP, as sshd does for `ssh -X`, and not in /tmp/.X11-unix."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


def display_of(server: socket.socket) -> str:
    return f"localhost:{server.getsockname()[1] - 6000}.0"


def test_a_forwarded_screen_answers_on_tcp_where_there_is_no_socket_file(
    server: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", display_of(server))
    assert screen_problem() == ""
    server.close()
    assert "does not answer" in screen_problem()


@pytest.mark.skipif(not hasattr(socket, "SOCK_CLOEXEC"), reason="only Linux has sockets without a file")
@pytest.mark.parametrize("display", [":{}", "unix:{}", "localhost:{}"])
def test_a_screen_whose_socket_has_no_file_answers(monkeypatch: pytest.MonkeyPatch, display: str) -> None:
    """In a container with the host's network and a /tmp of its own."""
    with socket.socket(socket.AF_UNIX) as listening:
        number = 70_000 + os.getpid()  # nobody else's
        listening.bind(f"\0/tmp/.X11-unix/X{number}")
        listening.listen()
        monkeypatch.setenv("DISPLAY", display.format(number))
        assert screen_problem() == ""
    assert "does not answer" in screen_problem()


@pytest.mark.parametrize("display", ["localhost:99999", "127.0.0.1:65535"])
def test_a_number_beyond_all_ports_is_a_screen_that_does_not_answer(
    monkeypatch: pytest.MonkeyPatch, display: str
) -> None:
    monkeypatch.setenv("DISPLAY", display)
    assert screen_problem() == f"the screen {display} does not answer"
