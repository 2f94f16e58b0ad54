"""live-seg bot: a Telegram bot that cuts people and pets out of the pictures it is sent."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from live_seg.cli.signals import signals
from live_seg.errors import LiveSegError, UsageError

if TYPE_CHECKING:
    from live_seg.bot import Options, Token
    from live_seg.service import Desk

log = logging.getLogger("live_seg")

_LISTEN = "127.0.0.1:8443"

_PIXELS, _SIDE = 13_000_000, 12_000
"""Of a picture, at most: all that phones make by default. With the few sessions everything stays below 600 MB."""

_SESSIONS, _NETWORKS = 2, 1
"""What stays loaded. Another shape costs ONNX Runtime a tenth of a second, another network a little more."""


def add(subparsers: Any) -> None:
    """Adds the subcommand."""
    parser = subparsers.add_parser(
        "bot",
        help="run a Telegram bot",
        description=__doc__,
        epilog="The token is read from LIVE_SEG_BOT_TOKEN. docs/bot.md tells the rest.",
    )
    option = parser.add_argument
    option("--api", metavar="URL", default="", help="a Bot API server of your own instead of Telegram's")
    option("--webhook", metavar="URL", default="", help="let Telegram call this public address instead of polling")
    option("--listen", metavar="HOST:PORT", default="", help=f"where the webhook listens ({_LISTEN})")
    option(
        "--engine",
        metavar="NAME",
        default="cpu",
        help="engine of the network (%(default)s, which needs the least memory)",
    )
    option("--threads", metavar="N", type=int, default=0, help="threads for the network; 0: as the app chooses")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Runs the bot until Ctrl-C or SIGTERM."""
    from live_seg.bot import read_token
    from live_seg.bot.token import hidden_in_logs
    from live_seg.service.memory import give_back_large_blocks

    token = read_token(os.environ)
    with hidden_in_logs(token):
        try:
            options = _options(arguments)
            give_back_large_blocks()
            with _desk(arguments) as desk:
                _try_out(desk)
                count = asyncio.run(_serve(token, options, desk))
        except LiveSegError as error:
            raise _hidden(error, token) from None
        except Exception as error:  # its traceback may show addresses with the token; the log hides that
            log.debug("the bot ended", exc_info=True)
            raise LiveSegError(token.hide(f"{type(error).__name__}: {error}"), "This is a defect.") from None
    log.info("%d pictures answered", count)
    return 0


def _options(arguments: argparse.Namespace) -> Options:
    from live_seg.bot import Options

    for option, url in (("--api", arguments.api), ("--webhook", arguments.webhook)):
        parts = urlsplit(url)
        if url and (parts.scheme not in ("http", "https") or not parts.hostname):
            raise UsageError(f"{option} {url} is no address", "Write it like https://example.org/bot.")
    if arguments.threads < 0:
        raise UsageError("--threads takes a number from 0", "0 lets the app choose.")
    if arguments.listen and not arguments.webhook:
        raise UsageError("--listen does nothing without --webhook", "Add --webhook URL, or leave --listen out.")
    if arguments.webhook.startswith("http:") and not arguments.api:
        raise UsageError(
            f"--webhook {arguments.webhook}: Telegram calls https addresses only",
            "Put a web server with a certificate before the bot, and name its address.",
        )
    host, port = _place(arguments.listen or _LISTEN)
    return Options(arguments.api.rstrip("/"), arguments.webhook, host, port)


def _place(text: str) -> tuple[str, int]:
    try:
        parts = urlsplit(f"//{text}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or port is None or parts.path:
        raise UsageError(f"--listen {text} is no place to listen", "Write it like 127.0.0.1:8443 or [::1]:8443.")
    return host, port


def _desk(arguments: argparse.Namespace) -> Desk:
    from live_seg.bot.worker import LARGEST_DOWNLOAD, WORKERS
    from live_seg.models import families
    from live_seg.photo import Limits
    from live_seg.service import Desk

    limits = Limits(bytes=LARGEST_DOWNLOAD, pixels=_PIXELS, side=_SIDE)
    return Desk(
        families(),
        arguments.engine,
        arguments.threads,
        waiting=WORKERS,
        limits=limits,
        sessions=_SESSIONS,
        networks=_NETWORKS,
    )


def _try_out(desk: Desk) -> None:
    """Cuts out the portrait that comes with live-seg: a network that does not run is said now, not to a user."""
    from live_seg.photo import Request

    portrait = (files("live_seg") / "assets" / "astronaut.webp").read_bytes()
    desk.submit(portrait, Request(), desk.models[0]).result()


async def _serve(token: Token, options: Options, desk: Desk) -> int:
    from live_seg.bot import serve

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def end() -> None:
        loop.call_soon_threadsafe(stop.set)

    with signals(end):
        return await serve(token, options, desk, stop)


def _hidden(error: LiveSegError, token: Token) -> LiveSegError:
    """The error without the token."""
    error.what, error.cure = token.hide(error.what), token.hide(error.cure)
    error.args = (error.what,)
    return error
