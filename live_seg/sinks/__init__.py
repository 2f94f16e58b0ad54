"""One file a sink."""

from live_seg.sinks.sink import Sink, SinkBase, Stream, sinks

__all__ = ["Sink", "SinkBase", "Stream", "sinks"]
