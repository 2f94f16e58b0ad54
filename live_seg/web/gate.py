"""Who may come in: the first thing that every request meets.

- `Host` must be a name of this machine: a page elsewhere whose name was made to point here (DNS rebinding) has another.
- `Origin` and `Sec-Fetch-Site` must not be another page's: what another page sends in the user's name (CSRF) has them.
- The token, where one is set: in a cookie, in `Authorization: Bearer`, or once in the address, which makes the cookie.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import socket
from collections.abc import Iterable
from importlib.resources import files
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from live_seg.web.answers import problem

PAGES = ("/", "/docs")
"""What other pages may link to."""

_NOWHERE = ("192.0.2.1", 9)
"""An address that belongs to no network (RFC 5737)."""

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
"""Sent with every answer."""


class Gate:
    """Lets in who may come in, and puts the safety headers onto every answer.

    Parameters
    ----------
    app
        What is behind it.
    names
        Names that `Host` may have beside localhost, in lower case.
    any_address
        True if it listens wider than loopback: then any IP address may stand in `Host`, since a name that was made to
        point here is none.
    token
        What a visitor must know; empty: nothing.
    """

    def __init__(self, app: ASGIApp, names: Iterable[str], any_address: bool, token: str) -> None:
        self._app = app
        self._names = {"localhost", *names}
        self._any_address = any_address
        self._token = token
        # Browsers keep one cookie of a name for all ports of a host, and there may be another live-seg.
        self._cookie = f"live_seg_{hashlib.sha256(token.encode()).hexdigest()[:8]}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request; see ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        headers = Headers(scope=scope)
        refusal = self._host(headers) or _origin(scope, headers) or self._visitor(scope, headers)
        await (refusal or self._app)(scope, receive, send_with_headers)

    def _host(self, headers: Headers) -> Response | None:
        hosts = headers.getlist("host")
        name = _name(hosts[0]) if len(hosts) == 1 else ""
        if name in self._names:
            return None
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            return problem(403, "this address does not belong to live-seg. Allow it: --allow-host NAME")
        if self._any_address or address.is_loopback:
            return None
        return problem(403, "this address does not belong to live-seg")

    def _visitor(self, scope: Scope, headers: Headers) -> Response | None:
        if not self._token or scope["path"].startswith("/static/"):
            return None
        query = parse_qs(scope["query_string"].decode("latin-1"))
        if scope["path"] == "/" and self._knows(query.get("token", [""])[0].strip()):
            answer = RedirectResponse("/", 303)  # so that the token stays in no history
            # Not "strict": who came by a link, from a chat for instance, would not be known on the page behind it.
            answer.set_cookie(self._cookie, self._token, httponly=True, samesite="lax")
            return answer
        kind, _, word = headers.get("authorization", "").partition(" ")
        by_header = kind.lower() == "bearer" and self._knows(word.strip())
        if by_header or self._knows(Request(scope).cookies.get(self._cookie, "")):
            return None
        if scope["path"] in PAGES:
            page = files("live_seg.web").joinpath("static", "token.html").read_text(encoding="utf-8")
            return HTMLResponse(page.replace(" hidden", "") if "token" in query else page, 401)
        return problem(401, "the token is missing or wrong", {"WWW-Authenticate": "Bearer"})

    def _knows(self, word: str) -> bool:
        return hmac.compare_digest(word.encode(), self._token.encode())


def own_names() -> set[str]:
    """Names that this machine has in its network."""
    name = socket.gethostname().lower()
    return {name, f"{name.split('.')[0]}.local"}


def own_address() -> str:
    """The address by which other machines of the network reach this one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        try:
            asked.connect(_NOWHERE)  # nothing is sent: the system only looks for a way
            return str(asked.getsockname()[0])
        except OSError:
            return "127.0.0.1"


def is_loopback(host: str) -> bool:
    """True for an address that only this machine reaches."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _origin(scope: Scope, headers: Headers) -> Response | None:
    """Refuses what a page elsewhere sends; programs send neither header, browsers always send one that matters."""
    origin = headers.get("origin")
    if origin is not None and scope["method"] not in ("GET", "HEAD"):
        own = origin.lower() in {f"{scheme}://{headers['host'].lower()}" for scheme in ("http", "https")}
        if not own:
            return problem(403, "the request comes from another page")
    from_elsewhere = headers.get("sec-fetch-site", "none") not in ("same-origin", "none")
    is_visit = headers.get("sec-fetch-mode") == "navigate" and scope["path"] in PAGES and scope["method"] == "GET"
    if from_elsewhere and not is_visit:
        return problem(403, "the request comes from another page")
    return None


def _name(host: str) -> str:
    """The name in a `Host` header, in lower case; empty if it is none."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower().rstrip(".")
    except ValueError:
        return ""
