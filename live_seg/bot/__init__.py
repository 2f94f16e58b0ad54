"""The Telegram bot: pictures in, cut-outs out, through the same desk as the page."""

from live_seg.bot.serve import Options, serve
from live_seg.bot.token import Token, read_token

__all__ = ["Options", "Token", "read_token", "serve"]
