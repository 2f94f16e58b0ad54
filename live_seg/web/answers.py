"""Errors as the API tells them: a status, and one line of JSON."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from live_seg.errors import EngineError, LiveSegError, UsageError
from live_seg.photo import TooLarge, Unreadable
from live_seg.service import Busy

log = logging.getLogger("live_seg")

RETRY_AFTER_S = 5
"""When a refused client should come again: a few pictures later."""

STATUS: dict[type[LiveSegError], int] = {
    TooLarge: 413,
    Unreadable: 415,
    Busy: 429,
    UsageError: 422,
    EngineError: 503,
    LiveSegError: 500,
}
"""The first class that fits counts."""


def problem(status: int, line: str, headers: Mapping[str, str] | None = None) -> Response:
    """`{"error": line}`."""
    return JSONResponse({"error": line}, status, headers)


async def failed(request: Request, error: Exception) -> Response:
    """Answer for whatever a handler raises; for Starlette's `exception_handlers`."""
    if isinstance(error, HTTPException):
        line = (
            f"{request.method} {request.url.path}: {error.detail}" if error.status_code in (404, 405) else error.detail
        )
        return problem(error.status_code, line, error.headers)
    if isinstance(error, ClientDisconnect):
        return problem(400, "the connection was closed")  # nobody reads it
    if isinstance(error, LiveSegError):
        status = next(status for kind, status in STATUS.items() if isinstance(error, kind))
        headers = {"Retry-After": str(RETRY_AFTER_S)} if status == 429 else None
        return problem(status, str(error), headers)
    log.error("the page failed: %s: %s", type(error).__name__, error, exc_info=log.isEnabledFor(logging.DEBUG))
    return problem(500, "live-seg failed on this request; its log says more")
