"""The error of an export that would have shipped a bad model."""

from __future__ import annotations

from live_seg.errors import LiveSegError


class ExportRefused(LiveSegError):
    """A model file did not pass a check; nothing was written."""
