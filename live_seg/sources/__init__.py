"""One file a source; `open_source` finds the one that an address means."""

from live_seg.sources.source import Source, SourceBase, sources

__all__ = ["Source", "SourceBase", "sources"]
