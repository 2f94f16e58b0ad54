"""One file a source; `open_source` finds the one that an address means."""

from live_seg.sources.address import open_source
from live_seg.sources.source import Source, SourceBase, sources

__all__ = ["Source", "SourceBase", "open_source", "sources"]
