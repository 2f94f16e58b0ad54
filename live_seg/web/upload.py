"""Reads an uploaded form, and no more of it than is allowed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import python_multipart  # noqa: F401  # Starlette reads forms with it, and says only then that it is missing
from starlette.datastructures import Headers, MutableHeaders, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from live_seg.photo import Limits

PATIENCE_S = 60.0
"""An upload that takes longer is cut off: it would keep others out."""

_DRAIN_S = 10.0
"""How long the rest of a refused upload is listened to."""

_FORM_BYTES = 65536
"""For the form round the files."""


class Places:
    """How many uploads are taken in at once; the others are refused before their bodies are read.

    Parameters
    ----------
    count
        Uploads that are read, wait, are worked on, or are being answered: what bounds the memory.
    """

    def __init__(self, count: int) -> None:
        self._free = count

    @contextmanager
    def one(self) -> Iterator[bool]:
        """A place within the block; False if there is none."""
        has_place = self._free > 0
        self._free -= has_place
        try:
            yield has_place
        finally:
            self._free += has_place


async def read_files(request: Request, names: tuple[str, ...], limits: Limits) -> dict[str, bytes]:
    """The files of a form by their fields' names; the first must be there, the others may be missing.

    Raises
    ------
    TooLarge
        If a file, or the whole form, is over the limits.
    HTTPException
        415 if it is no form, 400 if it is a broken one or lacks the file, 408 if it takes too long, 503 if there is no
        room for it.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "multipart/form-data":
        raise HTTPException(415, f"send a form (multipart/form-data) with the file in the field {names[0]!r}")
    allowed = limits.bytes * len(names) + _FORM_BYTES
    length = request.headers.get("content-length", "0")
    limits_of_form = Limits(bytes=allowed)
    limits_of_form.check_bytes(int(length) if length.isdecimal() else 0, "the upload")
    bounded = Request(request.scope, _bounded(request.receive, limits_of_form))
    try:
        async with asyncio.timeout(PATIENCE_S), bounded.form(max_files=len(names), max_fields=8) as form:
            files = {}
            for name in names:
                file = form.get(name)
                if isinstance(file, UploadFile):
                    limits.check_bytes(file.size or 0, f"the {name}")
                    files[name] = await file.read()
            if names[0] not in files:
                raise HTTPException(400, f"the form has no file in the field {names[0]!r}")
            return files
    except TimeoutError:
        raise HTTPException(408, f"the upload took longer than {PATIENCE_S:.0f} s") from None
    except OSError as error:  # large uploads go through a temporary file
        raise no_room(error) from None


def no_room(error: OSError) -> HTTPException:
    """What is told where an upload cannot be written down."""
    return HTTPException(503, f"the upload cannot be kept: {error.strerror}. Try again later.")


def _bounded(receive: Receive, limits: Limits) -> Receive:
    """`receive` that raises `TooLarge` once more came than a header may have said."""
    count = 0

    async def counted() -> Message:
        nonlocal count
        message = await receive()
        count += len(message.get("body", b""))
        limits.check_bytes(count, "the upload")
        return message

    return counted


class Drain:
    """Lets the rest of a refused upload run into nothing before the refusal is sent.

    A sender whose connection is closed while he sends never reads why. Nothing is kept of what comes, and it is given
    up after some seconds, or where more comes than may.

    Parameters
    ----------
    app
        What is behind it.
    most_bytes
        Of what still comes.
    """

    def __init__(self, app: ASGIApp, most_bytes: int) -> None:
        self._app = app
        self._most_bytes = most_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request; see ASGI."""
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        waits_for_leave = "expect" in Headers(scope=scope)  # curl sends large bodies only when it was told to go on
        is_read = False

        async def watched_receive() -> Message:
            nonlocal is_read, waits_for_leave
            waits_for_leave = False
            message = await receive()
            is_read = is_read or not message.get("more_body", False)
            return message

        async def patient_send(message: Message) -> None:
            if not is_read and message["type"] == "http.response.start" and message["status"] >= 400:
                count = self._most_bytes + 1 if waits_for_leave else 0
                with suppress(TimeoutError):
                    async with asyncio.timeout(_DRAIN_S):
                        while not is_read and count <= self._most_bytes:
                            count += len((await watched_receive()).get("body", b""))
                if not is_read:
                    MutableHeaders(scope=message)["Connection"] = "close"
            await send(message)

        await self._app(scope, watched_receive, patient_send)
