"""One file a sink."""

from live_seg.sinks.sink import Sink, SinkBase, Stream, open_sink, sinks

__all__ = ["Sink", "SinkBase", "Stream", "open_sink", "sinks"]
