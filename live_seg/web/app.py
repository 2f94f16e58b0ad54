"""The page's routes, put together."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from live_seg.errors import LiveSegError
from live_seg.models import models
from live_seg.service import Desk
from live_seg.web.answers import failed
from live_seg.web.cutout import Cutouts
from live_seg.web.gate import Gate
from live_seg.web.live import Live
from live_seg.web.openapi import document
from live_seg.web.studio import Studio
from live_seg.web.upload import Drain

STATIC = str(files("live_seg.web").joinpath("static"))


def application(
    studio: Studio,
    desk: Desk,
    folder: Path,
    names: Iterable[str] = (),
    any_address: bool = False,
    token: str = "",
    starts_live: bool = False,
) -> ASGIApp:
    """The ASGI app.

    Parameters
    ----------
    studio, desk
        The live loop and the photo queue; closed by whoever made them.
    folder
        For backgrounds that are uploaded; removed by whoever made it.
    names, any_address, token
        See `Gate`.
    starts_live
        True if the page opens with the live tab, otherwise with the photo tab.
    """
    live, cutouts = Live(studio, desk, folder), Cutouts(desk)
    described = document(desk)
    offered = {
        "version": version("live-seg"),
        "starts_live": starts_live,
        "models": [{"name": name, "about": _about(name)} for name in desk.models],
        "limits": {"bytes": desk.limits.bytes, "pixels": desk.limits.pixels},
    }

    async def page(request: Request) -> Response:
        name = "docs.html" if request.url.path == "/docs" else "index.html"
        return FileResponse(f"{STATIC}/{name}", headers={"Cache-Control": "no-cache"})

    async def openapi(request: Request) -> Response:
        del request
        return JSONResponse(described)

    async def offer(request: Request) -> Response:
        del request
        return JSONResponse(offered)

    inner = Starlette(
        routes=[
            Route("/", page),
            Route("/docs", page),
            Route("/openapi.json", openapi),
            Route("/api/offer", offer),
            Route("/api/cutout", cutouts, methods=["POST"]),
            Route("/api/live", live.state, methods=["GET"]),
            Route("/api/live", live.change, methods=["PATCH"]),
            Route("/api/live/background", live.background, methods=["POST"]),
            Route("/api/live/picture", live.picture),
            Route("/api/live/events", live.events),
            Mount("/static", StaticFiles(directory=STATIC)),
        ],
        exception_handlers=dict.fromkeys((HTTPException, LiveSegError, ClientDisconnect, Exception), failed),
    )
    return Gate(Drain(inner, 2 * desk.limits.bytes), names, any_address, token)


def _about(family: str) -> str:
    return next((row.description for row in models() if row.family == family), "")
