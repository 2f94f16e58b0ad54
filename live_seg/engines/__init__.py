"""One file a runtime."""

from live_seg.engines.engine import Blob, Engine, engines

__all__ = ["Blob", "Engine", "engines"]
