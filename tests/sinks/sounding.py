"""Clips with sound: carried over by the file sink, measured, and damaged on purpose."""

import av

from live_seg.config import build
from live_seg.frame import Frame
from live_seg.media import VideoFile
from live_seg.sinks import Stream
from live_seg.sinks.file import FileSink


def copied(source, target, frames=None):
    """Every picture of a file, or the first so many, with its sound."""
    file = VideoFile(str(source))
    stream = Stream(file.size, file.fps, lossless=True, sound_from=str(source))
    with FileSink(build({"output": {"file": str(target)}}), stream) as sink:
        for index, (time_s, image) in enumerate(file):
            if index == frames:
                break
            sink.write(image, Frame(image, index, time_s))
    file.close()
    return target


def codec_and_length_s(path):
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        ends = [packet.pts + packet.duration for packet in container.demux(stream) if packet.size]
        return stream.codec_context.name, float(ends[-1] * stream.time_base)


def remade(clip, target, change):
    """The clip with the data that `change(index, time_s, data)` gives for each packet of its sound; None drops it."""
    with av.open(str(clip)) as source, av.open(str(target), "w") as container:
        streams = {stream: container.add_stream_from_template(stream) for stream in source.streams}
        index = -1
        for packet in source.demux():
            data = bytes(packet)
            if packet.stream.type == "audio":
                index += 1
                data = change(index, float((packet.pts or 0) * packet.time_base), data)
            if not data:
                continue
            changed = av.Packet(data)
            changed.pts, changed.dts, changed.time_base = packet.pts, packet.dts, packet.time_base
            changed.duration, changed.is_keyframe = packet.duration, packet.is_keyframe
            changed.stream = streams[packet.stream]
            container.mux(changed)
    return target
