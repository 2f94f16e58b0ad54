"""`live-seg web`: a page in the browser: the live picture with its controls, photos, a JSON API."""

from __future__ import annotations

import argparse
import logging
import os
import secrets
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from live_seg.cli import live
from live_seg.errors import UsageError

TOKEN = "LIVE_SEG_TOKEN"
_LEAST_CHARACTERS = 16

_BYTES, _PIXELS = 32_000_000, 50_000_000
"""Of a photo, at most: what the best phones make. compose.yaml has memory for it."""


def add(subparsers: Any) -> None:
    """Adds the subcommand."""
    parser = subparsers.add_parser(
        "web",
        help="a page in the browser: live, photos, a JSON API",
        description="A page in the browser: the live picture with its controls, photos, a JSON API.",
        epilog=f"The environment variable {TOKEN} sets the token that visitors must know.",
    )
    add = parser.add_argument
    add("--port", metavar="N", type=int, default=8765, help="where it listens; 0: any free port (%(default)s)")
    add("--host", metavar="ADDRESS", default="127.0.0.1", help="0.0.0.0: the whole network may visit, with a token")
    add(
        "--allow-host",
        metavar="NAME",
        action="append",
        default=[],
        help="another name that this machine is visited by, with a token",
    )
    add("--waiting", metavar="N", type=int, default=8, help="photos that may wait; more are refused (%(default)s)")
    add("--window", action="store_true", help="open a window as well")
    live.add_options(parser, window=False)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Serves the page until Ctrl-C; returns the exit code."""
    config, files = live.configuration(options)
    config = replace(config, window=replace(config.window, show=options.window))
    if options.print_config:
        return live.print_config(config)
    if not 0 <= options.port <= 65535:
        raise UsageError(f"there is no port {options.port}", "Ports go from 0 to 65535.")
    if not 1 <= options.waiting <= 1000:
        raise UsageError("--waiting is a number from 1 to 1000")
    from live_seg.cli.signals import signals
    from live_seg.config.watch import Watch
    from live_seg.models import families
    from live_seg.photo import Limits
    from live_seg.service import Desk
    from live_seg.web.app import application
    from live_seg.web.gate import is_loopback, own_names
    from live_seg.web.server import serving
    from live_seg.web.studio import Studio

    for name in ("uvicorn", "python_multipart"):  # our own log says what went wrong, in a line
        logging.getLogger(name).setLevel(logging.CRITICAL)
    _tell_missing_camera(config.source.camera)
    is_local = is_loopback(options.host)
    token = _token(is_local and not options.allow_host)  # a name for others, by a server before this one
    studio = Studio(config, Watch(files))
    engine = config.engine
    limits = Limits(bytes=_BYTES, pixels=_PIXELS)
    with (
        signals(studio.stop),  # around all: a signal while it starts or ends leaves no folder behind
        tempfile.TemporaryDirectory(prefix="live-seg-") as folder,
        Desk(families(), engine.name, engine.threads, options.waiting, limits) as desk,
    ):
        names = {name.lower() for name in options.allow_host} | (set() if is_local else own_names())
        app = application(
            studio, desk, Path(folder), names, not is_local, token, starts_live=config.source.camera != "auto"
        )
        with serving(app, options.host, options.port) as port:
            print(f"live-seg: {address(options.host, port, token)}  (Ctrl-C ends it)", flush=True)
            studio.run()
    return 0


def _tell_missing_camera(camera: str) -> None:
    """Says at the start what viewers would read later; the page starts all the same, as a camera may be plugged in."""
    from live_seg.devices import list_devices
    from live_seg.devices.choose import choose
    from live_seg.errors import LiveSegError
    from live_seg.sources.address import meaning

    kind, name = meaning(camera) if camera != "auto" else ("", "")
    if kind != "camera":
        return
    try:
        choose(name, list_devices())
    except LiveSegError as error:
        logging.getLogger("live_seg").warning("%s", error)


def address(host: str, port: int, token: str) -> str:
    """What to type into the browser."""
    from live_seg.web.gate import own_address

    name = own_address() if host in ("0.0.0.0", "::") else host
    name = f"[{name}]" if ":" in name else name
    return f"http://{name}:{port}/" + (f"?token={token}" if token else "")


def _token(is_local: bool) -> str:
    """From the environment, or made where other machines may come."""
    token = os.environ.get(TOKEN, "")
    if token and (len(token) < _LEAST_CHARACTERS or not token.isascii() or not token.isalnum()):
        raise UsageError(
            f"{TOKEN} is no good token", f"Take at least {_LEAST_CHARACTERS} letters and digits, or leave it away."
        )
    return token or ("" if is_local else secrets.token_hex(16))
