"""What the live tab talks to: the picture, the state, changes of it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from live_seg.config import Config
from live_seg.config.commands import Command, setting
from live_seg.effects import effects
from live_seg.errors import UsageError
from live_seg.service import Busy, Desk
from live_seg.web.cutout import finished
from live_seg.web.stream import Slot, stream
from live_seg.web.studio import State, Studio
from live_seg.web.upload import PATIENCE_S, Places, no_room, read_files

KEYS = ("effect.name", "blur.radius_px", "replace.background", "source.mirror", "run.paused")
"""What the page may set: nothing that names a file, or opens another device."""

_LONGEST_PX = 1920
"""Longer side of a background: it is kept as a file no larger than what a camera shows."""

_BODY_BYTES = 4096
"""Of a change."""

_LOOK_S = 0.1
"""How often the state is looked at for viewers."""

_STATISTICS_S = 1.0
"""How often the figures are sent; everything else is as soon as it changes."""

_BEAT_S = 15.0
"""So often something is sent while nothing changes: else a reader who is gone is never found out."""

_BOUNDARY = "live-seg-picture"


class Live:
    """The endpoints of the live tab.

    Parameters
    ----------
    studio
        The loop.
    desk
        Decodes backgrounds, one picture at a time with everything else.
    folder
        Where they are kept; emptied by whoever made it.
    """

    def __init__(self, studio: Studio, desk: Desk, folder: Path) -> None:
        self._studio = studio
        self._desk = desk
        self._places = Places(2)
        self._folder = folder
        self._count = 0
        self._effects = effects.names()  # takes 3 ms: all that is installed is looked through for more

    async def state(self, request: Request) -> Response:
        """GET: how it is now."""
        del request
        return JSONResponse(as_values(self._studio.state(), self._effects))

    async def change(self, request: Request) -> Response:
        """PATCH: sets keys; answers how it is as soon as the loop has seen to it."""
        body = b""
        try:
            async with asyncio.timeout(PATIENCE_S):
                async for chunk in request.stream():
                    body += chunk
                    if len(body) > _BODY_BYTES:
                        raise HTTPException(413, f"a change has no more than {_BODY_BYTES} bytes")
        except TimeoutError:
            raise HTTPException(408, f"the change took longer than {PATIENCE_S:.0f} s") from None
        try:
            values = msgspec.json.decode(body, type=dict[str, Any])
        except (msgspec.DecodeError, RecursionError) as error:
            raise HTTPException(400, f"the change is no JSON object: {error}") from None
        return JSONResponse(as_values(self._studio.command(change_of(values)), self._effects))

    async def background(self, request: Request) -> Response:
        """POST: a picture becomes the background, and the effect that shows it is chosen."""
        with self._places.one() as has_place:
            if not has_place:
                raise Busy(self._desk.waiting)
            files = await read_files(request, ("image",), self._desk.limits)
            jpeg = await finished(self._desk.shrunk(files.pop("image"), _LONGEST_PX), request)
        self._count += 1
        file = self._folder / f"background-{self._count}.jpg"
        try:
            file.write_bytes(jpeg)
        except OSError as error:
            file.unlink(missing_ok=True)
            raise no_room(error) from None
        commands = (setting("replace.background", str(file)), setting("effect.name", "replace"))
        needed = {str(file), *(config.replace.background for config in self._studio.in_use())}
        state = self._studio.command(together(commands))
        for old in file.parent.glob("*.jpg"):
            if str(old) not in needed:
                old.unlink(missing_ok=True)
        return JSONResponse(as_values(state, self._effects))

    async def picture(self, request: Request) -> Response:
        """GET: the live picture as a stream of JPEGs, for an <img>. The camera is opened for the first who asks."""
        kind = f"multipart/x-mixed-replace; boundary={_BOUNDARY}"
        return stream(request, self._pictures(), kind)

    async def events(self, request: Request) -> Response:
        """GET: the state at once and whenever it changes, as server-sent events."""
        return stream(request, self._states(), "text/event-stream")

    async def _pictures(self) -> AsyncIterator[bytes]:
        slot = Slot(asyncio.get_running_loop())
        with self._studio.looking(slot.put):
            yield f"--{_BOUNDARY}\r\n".encode()
            while not self._studio.stopped:
                jpeg = await slot.get(1.0)
                if jpeg is not None:
                    head = f"Content-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
                    yield head.encode() + jpeg + f"\r\n--{_BOUNDARY}\r\n".encode()

    async def _states(self) -> AsyncIterator[bytes]:
        clock = asyncio.get_running_loop().time
        sent: dict[str, Any] = {}
        figures_s = beat_s = 0.0
        while not self._studio.stopped:
            values = as_values(self._studio.state(), self._effects)
            if sent and clock() - figures_s < _STATISTICS_S:
                values["statistics"] = sent["statistics"]
            if values != sent:
                if values.get("statistics") != sent.get("statistics"):
                    figures_s = clock()
                sent, beat_s = values, clock()
                yield b"data: " + msgspec.json.encode(values) + b"\n\n"
            elif clock() - beat_s > _BEAT_S:
                beat_s = clock()
                yield b":\n\n"  # a comment
            await asyncio.sleep(_LOOK_S)


def as_values(state: State, names: Sequence[str]) -> dict[str, Any]:
    """The state, and the effects' names, as JSON has it; of a file that stands behind only its name, not its folder."""
    config = state.config
    background = config.replace.background
    return {
        "effects": list(names),
        "effect.name": config.effect.name,
        "blur.radius_px": config.blur.radius_px,
        "replace.background": background if background.startswith("#") else Path(background).name,
        "source.mirror": config.source.mirror,
        "run.paused": config.run.paused,
        "running": state.running,
        "problem": state.problem,
        "hidden": state.hidden,
        "statistics": list(state.statistics),
    }


def change_of(values: dict[str, Any]) -> Command:
    """The command that sets these keys.

    Raises
    ------
    UsageError
        If one of them must not be set from the page.
    """
    for name, value in values.items():
        if name not in KEYS:
            raise UsageError(f"{name!r} cannot be set here", f"There are: {', '.join(KEYS)}.")
        if name == "replace.background" and not re.fullmatch(r"#[0-9a-fA-F]{6}", str(value)):
            raise UsageError(f"{value!r} is not a colour", "Write it like #00b140; pictures are uploaded.")
    return together([setting(name, value) for name, value in values.items()])


def together(commands: Sequence[Command]) -> Command:
    """One command that carries out several, or none of them."""

    def command(config: Config) -> Config | None:
        changed: Config | None = config
        for one in commands:
            changed = one(changed) if changed is not None else None
        return changed

    return command
