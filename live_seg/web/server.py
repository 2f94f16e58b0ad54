"""uvicorn in a thread of its own: the main thread is the loop's, which may have a window."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
import threading
import time
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from live_seg.errors import LiveSegError, UsageError

_END_S = 2
"""So long what is being answered may go on when the app ends."""

_ASK_S = 10.0
"""So long a connection may be open with nothing asked: enough of them, and nobody else gets one."""

_TAKE_S = 60.0
"""So long who asked may take nothing of what waits to be sent to him."""


@contextlib.contextmanager
def serving(app: ASGIApp, host: str, port: int) -> Iterator[int]:
    """Serves the app within the block; yields the port, which was chosen by the system if it was 0.

    Raises
    ------
    UsageError
        If the address is not one of this machine.
    LiveSegError
        If the port is taken.
    """
    with _listening(host, port) as listener:
        config = uvicorn.Config(
            app,
            http=Hurried,
            ws="none",
            access_log=False,  # it would hold the token
            log_config=None,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=_END_S,
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="web")
        thread.start()
        try:
            while not server.started and thread.is_alive():
                time.sleep(0.01)
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()


class Hurried(H11Protocol):
    """A connection that ends if nothing is asked on it for `_ASK_S`, or taken for `_TAKE_S`; uvicorn waits for ever."""

    _stuck: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """See asyncio."""
        super().connection_made(transport)
        self._late = self.loop.call_later(_ASK_S, self._give_up)

    def on_response_complete(self) -> None:
        """See uvicorn."""
        super().on_response_complete()
        self._late.cancel()
        self._late = self.loop.call_later(_ASK_S, self._give_up)

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio."""
        self._late.cancel()
        self.resume_writing()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """See asyncio."""
        super().pause_writing()
        self._stuck = self.loop.call_later(_TAKE_S, self.transport.abort)

    def resume_writing(self) -> None:
        """See asyncio."""
        if self._stuck is not None:
            self._stuck.cancel()
        super().resume_writing()

    def _give_up(self) -> None:
        if self.cycle is None or self.cycle.response_complete:  # else something is being answered
            self.transport.close()


def _listening(host: str, port: int) -> socket.socket:
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        both = address[0] == "::" and socket.has_dualstack_ipv6()  # else the IPv4 address that is printed is deaf
        return socket.create_server(address[:2], family=family, dualstack_ipv6=both)
    except socket.gaierror:
        raise UsageError(f"{host} is no address", "Give one of this machine's, or 0.0.0.0 for all of them.") from None
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise LiveSegError(
                f"port {port} is taken", f"Is live-seg web running already? Take another: --port {port + 1}"
            ) from None
        raise UsageError(f"{host}:{port} cannot be listened on: {error.strerror}", "Give another address.") from None
