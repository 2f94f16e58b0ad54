"""The bot's token: read from the environment, and never shown again."""

from __future__ import annotations

import contextlib
import logging
import re
from collections.abc import Iterator, Mapping

from live_seg.errors import UsageError

VARIABLE = "LIVE_SEG_BOT_TOKEN"

_HIDDEN = "<token>"


class Token:
    """Keeps the token out of everything that is printed: libraries put it into addresses, and those into messages.

    Parameters
    ----------
    value
        "123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11"; only `value` gives it back.
    """

    __slots__ = ("value",)

    def __init__(self, value: str) -> None:
        self.value = value

    def __repr__(self) -> str:
        return _HIDDEN

    def hide(self, text: str) -> str:
        """The text without the token, in whichever way an address writes its colon."""
        secret = self.value.partition(":")[2]
        return re.sub(rf"(?:\d+(?::|%3A))?{re.escape(secret)}", _HIDDEN, text, flags=re.IGNORECASE)


def read_token(environment: Mapping[str, str]) -> Token:
    """The token of the environment.

    Raises
    ------
    UsageError
        If there is none, or it cannot be one.
    """
    value = environment.get(VARIABLE, "").strip()
    if not value:
        raise UsageError(f"{VARIABLE} is not set", f"Get a token from @BotFather, then: export {VARIABLE}=...")
    if not re.fullmatch(r"\d{1,20}:[A-Za-z0-9_-]{20,100}", value):
        raise UsageError(f"{VARIABLE} holds no token", "It looks like 123456:ABC-DEF..., as @BotFather gave it.")
    return Token(value)


@contextlib.contextmanager
def hidden_in_logs(token: Token) -> Iterator[None]:
    """While this is open no handler writes the token; warnings of libraries are written as ours are."""
    root, reports = logging.getLogger(), logging.raiseExceptions
    others = logging.StreamHandler()
    others.setLevel(logging.WARNING)
    others.setFormatter(logging.Formatter("live-seg: %(name)s: %(message)s"))
    root.addHandler(others)
    handlers = {*root.handlers, *logging.getLogger("live_seg").handlers}
    before = {handler: handler.formatter for handler in handlers}
    for handler in handlers:
        handler.setFormatter(_Hiding(handler.formatter or logging.Formatter(), token))
    logging.raiseExceptions = False  # a line that cannot be written would be shown as it is
    try:
        yield
    finally:
        logging.raiseExceptions = reports
        for handler, formatter in before.items():
            handler.setFormatter(formatter)
        root.removeHandler(others)


class _Hiding(logging.Formatter):
    """Writes what another formatter writes, tracebacks included, without the token."""

    def __init__(self, inner: logging.Formatter, token: Token) -> None:
        super().__init__()
        self._inner = inner
        self._token = token

    def format(self, record: logging.LogRecord) -> str:
        return self._token.hide(self._inner.format(record))
