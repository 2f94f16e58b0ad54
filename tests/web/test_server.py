"""How long a connection may be held by who asks nothing, or takes nothing."""

from __future__ import annotations

import itertools
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from served import Site

from live_seg.web import live, server

WHOLE = b"GET /api/offer HTTP/1.1\r\nHost: localhost\r\n"


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "_ASK_S", 0.3)


@contextmanager
def connected(site: Site) -> Iterator[socket.socket]:
    host, _, port = site.host.partition(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        yield connection


def closed(connection: socket.socket) -> bytes:
    """What came until the other side closed."""
    return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.parametrize("head", [b"", b"G", WHOLE, WHOLE + b"X-Long: "])
def test_who_does_not_finish_his_question_is_closed(site: Site, head: bytes) -> None:
    with connected(site) as connection:
        connection.sendall(head)
        assert closed(connection) == b""


def drip(connection: socket.socket, piece: bytes) -> None:
    """Sends a little again and again until the other side is gone; it must not take long."""
    connection.settimeout(0.02)
    for _ in range(500):
        try:
            connection.sendall(piece)
            if not connection.recv(65536):
                return
        except TimeoutError:
            continue
        except OSError:
            return
    raise AssertionError("it was listened to for ever")


@pytest.mark.parametrize("asked_before", [False, True])
def test_who_drips_his_question_is_closed_too(site: Site, asked_before: bool) -> None:
    with connected(site) as connection:
        if asked_before:
            connection.sendall(WHOLE + b"\r\n")
            assert connection.recv(65536).startswith(b"HTTP/1.1 200")
        connection.sendall(WHOLE)
        drip(connection, b"X: y\r\n")


def test_what_is_sent_on_after_the_answer_is_not_listened_to_for_ever(site: Site) -> None:
    with connected(site) as connection:
        connection.sendall(WHOLE + b"Content-Length: 1000000\r\n\r\n")
        drip(connection, b"x")


def test_a_change_that_drips_is_told_so(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "PATIENCE_S", 0.3)
    monkeypatch.setattr("live_seg.web.upload._DRAIN_S", 0.1)
    with connected(site) as connection:
        connection.sendall(b"PATCH /api/live HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
        assert closed(connection).startswith(b"HTTP/1.1 408")


def test_who_asked_may_take_longer_for_the_answer(site: Site) -> None:
    with site.looking() as pictures:
        begun = time.monotonic()
        assert all(itertools.takewhile(lambda _: time.monotonic() - begun < 1.0, pictures))
    assert site.cut().status_code == 200


def test_who_takes_no_answer_is_let_go_of(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "_TAKE_S", 0.3)
    gone = threading.Event()
    own = server.Hurried.connection_lost

    def noted(connection: server.Hurried, exc: Exception | None) -> None:
        own(connection, exc)
        gone.set()

    monkeypatch.setattr(server.Hurried, "connection_lost", noted)
    with socket.socket() as stuck:
        stuck.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        host, _, port = site.host.partition(":")
        stuck.connect((host, int(port)))
        stuck.sendall(b"GET /static/page.css HTTP/1.1\r\nHost: localhost\r\n\r\n" * 1000)
        assert gone.wait(20)
