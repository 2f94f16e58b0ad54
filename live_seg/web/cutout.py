"""`POST /api/cutout`: a picture in, its cut-out as a PNG out."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from concurrent.futures import Future
from contextlib import suppress
from typing import Annotated, Any

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive, Scope, Send

from live_seg import photo
from live_seg.errors import UsageError
from live_seg.service import Busy, Desk
from live_seg.web.upload import PATIENCE_S, Places, read_files

_PIECE_BYTES = 65536


class Query(msgspec.Struct, forbid_unknown_fields=True):
    """What follows the question mark. The background is told by a word or a colour, never by a path."""

    model: str = "person"
    background: Annotated[
        str,
        msgspec.Meta(pattern=r"^(transparent|blur|#[0-9a-fA-F]{6})$", description="transparent, blur, or a colour"),
    ] = "transparent"
    blur_px: Annotated[
        float, msgspec.Meta(ge=1, le=200, description="strength of the blur, in pixels at 720 lines")
    ] = 16.0
    crop: Annotated[bool, msgspec.Meta(description="keep only the subject and a little room round it")] = False

    def wish(self) -> photo.Request:
        """The same for the photo core."""
        background = "" if self.background == "transparent" else self.background
        return photo.Request(background, self.blur_px, self.crop)


def read_query(query: Mapping[str, str]) -> Query:
    """Checks a query.

    Raises
    ------
    UsageError
        For an unknown name, or a value that is out of its range.
    """
    try:
        return msgspec.convert(dict(query), Query, strict=False)
    except msgspec.ValidationError as error:
        what, _, where = str(error).replace("`", "").partition(" - at $.")
        if where == "background":
            what = "Expected transparent, blur, or a colour like #00b140"
        raise UsageError(f"the query does not fit: {where}{': ' if where else ''}{what}") from None


class Cutouts:
    """The endpoint, an ASGI app, with the places that bound its memory.

    Parameters
    ----------
    desk
        Does the work.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._places = Places(desk.waiting + 1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One upload; it has its place until the last byte of the answer is taken."""
        request = Request(scope, receive)
        query = read_query(request.query_params)
        self._desk.check_model(query.model)
        with self._places.one() as has_place:
            if not has_place:
                raise Busy(self._desk.waiting)
            png = await self._cut(request, query)
            with suppress(TimeoutError):  # who does not take it keeps others out: the connection is closed
                async with asyncio.timeout(PATIENCE_S):
                    await _send(send, png)

    async def _cut(self, request: Request, query: Query) -> bytes:
        files = await read_files(request, ("image", "background"), self._desk.limits)
        image, background = files.pop("image"), files.pop("background", b"")
        job = self._desk.submit(image, query.wish(), query.model, background=background)
        del image, background  # the desk lets go of them when it has read them
        return await finished(job, request)


async def _send(send: Send, png: bytes) -> None:
    """In pieces, each of which waits until there is room for it: nothing piles up for a slow reader."""
    headers = {"content-type": "image/png", "content-length": str(len(png))}
    headers["content-disposition"] = 'inline; filename="cutout.png"'
    start = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": 200, "headers": start})
    for begin in range(0, len(png), _PIECE_BYTES):
        await send({"type": "http.response.body", "body": png[begin : begin + _PIECE_BYTES], "more_body": True})
    await send({"type": "http.response.body"})


async def finished(job: Future[bytes], request: Request) -> bytes:
    """The job's result; the job is cancelled if who asked for it is gone."""
    done = asyncio.wrap_future(job)
    gone = asyncio.ensure_future(_gone(request))
    try:
        either: set[asyncio.Future[Any]] = {done, gone}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
    finally:
        gone.cancel()
        if not done.done():
            done.cancel()
    if done.cancelled():
        if gone.done() and not gone.cancelled():
            raise ClientDisconnect
        raise HTTPException(503, "live-seg is being ended")
    return done.result()


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
