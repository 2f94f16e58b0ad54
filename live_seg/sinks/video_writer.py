"""Encodes pictures into a video file."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from live_seg.frame import Image, Size
from live_seg.sinks.part_file import PartFile
from live_seg.sinks.sound import Sound
from live_seg.sinks.timeline import Timeline

if TYPE_CHECKING:
    from av.packet import Packet
    from av.video.stream import VideoStream

_threads = min(4, os.cpu_count() or 1)


@dataclass(frozen=True, slots=True)
class Coding:
    """How pictures are encoded.

    Attributes
    ----------
    codec, pixels
        FFmpeg's names of the encoder and of its pixel format.
    options
        Of the encoder.
    """

    codec: str
    pixels: str
    options: dict[str, str] = field(default_factory=dict)


def coding_for(container: str, size: Size, has_alpha: bool, crf: int) -> Coding:
    """What players and editors take in a container.

    Parameters
    ----------
    container
        "mp4", "mov", "matroska" or "webm"; with alpha one of "mov" and "webm".
    size
        H.264 keeps one colour sample for 2x2 pixels, so odd sizes are written with one for each (4:4:4), which not
        every hardware player takes; everything else gets the usual 4:2:0.
    has_alpha
        True for BGRA: VP9 with alpha in WebM, ProRes 4444 in MOV.
    crf
        Constant rate factor of x264, 0..51; VP9's runs to 63.
    """
    if container == "webm":
        # Realtime settings: as fast as x264's veryfast. Alpha travels beside the picture, without frames of the future.
        options = {"crf": str(round(crf * 63 / 51)), "b": "0", "deadline": "realtime", "cpu-used": "7", "row-mt": "1"}
        alpha_options = {"auto-alt-ref": "0", "lag-in-frames": "0"} if has_alpha else {}
        return Coding("libvpx-vp9", "yuva420p" if has_alpha else "yuv420p", options | alpha_options)
    if has_alpha:
        # FFmpeg's other ProRes encoder makes files a quarter larger and takes four times as long, and any width.
        codec = "prores_ks" if size.width % 2 else "prores_aw"
        return Coding(codec, "yuva444p10le", {"profile": "4", "vendor": "apl0"})
    is_odd = size.width % 2 or size.height % 2
    # No B-frames: where times are uneven FFmpeg's MP4 muxer takes the length from the wrong frame and loses the last.
    options = {"crf": str(crf), "preset": "veryfast", "bf": "0"}
    return Coding("libx264", "yuv444p" if is_odd else "yuv420p", options)


class VideoWriter:
    """One video file, from its first picture to its end.

    While it is written it can be played up to about two seconds before its end: MP4 and MOV in fragments of a
    second, which at the end get a normal index without being copied; Matroska and WebM in clusters of a second.

    Parameters
    ----------
    part
        Where the bytes go.
    container
        "mp4", "mov", "matroska" or "webm".
    size, coding
        Of every picture.
    timeline
        Gives the pictures their times.
    """

    def __init__(self, part: PartFile, container: str, size: Size, coding: Coding, timeline: Timeline) -> None:
        import av
        from av.video.reformatter import VideoReformatter

        self._container = av.open(part, "w", format=container, options=_container_options(container))
        self._timeline = timeline
        self._coding = coding
        self._reformatter = VideoReformatter()
        self._stream: VideoStream = self._container.add_stream(  # type: ignore[assignment]  # all codecs here are video
            coding.codec, rate=timeline.rate, options=dict(coding.options)
        )
        self._stream.width, self._stream.height = size
        self._stream.pix_fmt = coding.pixels
        context = self._stream.codec_context
        context.time_base = timeline.time_base
        context.thread_count = _threads
        context.gop_size = max(1, round(2 * timeline.rate))  # two seconds: seeking stays quick
        # Players without tags take BT.709 for high definition and BT.601 below: said and guessed are the same.
        self._standard = 1 if size.height >= 720 else 6
        context.colorspace = context.color_primaries = context.color_trc = self._standard
        context.color_range = 1
        self._sound: Sound | None = None

    def add_sound(self, file: str, start_s: float) -> None:
        """Sound of a file, from `start_s` on; before the first picture."""
        self._sound = Sound(file, self._container, start_s)

    def set_pixel_aspect(self, aspect: Fraction) -> None:
        """Width of a pixel by its height; before the first picture."""
        self._stream.codec_context.sample_aspect_ratio = aspect

    def write(self, picture: Image, time_s: float) -> None:
        """Encodes one picture of the writer's size, BGR or BGRA as the coding wants it, at `Frame.time`."""
        from av.video.frame import VideoFrame
        from av.video.reformatter import Colorspace, Interpolation

        layout = "bgra" if picture.shape[2] == 4 else "bgr24"
        raw = VideoFrame.from_numpy_buffer(np.ascontiguousarray(picture), format=layout)
        frame = self._reformatter.reformat(
            raw,
            format=self._coding.pixels,
            dst_colorspace=Colorspace.ITU709 if self._standard == 1 else Colorspace.ITU601,
            # Without it, grey becomes a level darker and strong colours up to two: 1 ms at 1280x720.
            interpolation=Interpolation.BILINEAR | Interpolation.ACCURATE_RND,
            threads=1,
        )
        frame.color_range = 1
        frame.pts = self._timeline.place(time_s)
        frame.time_base = self._timeline.time_base
        self._mux(self._stream.encode(frame))
        if self._sound:
            self._sound.write_until(self._timeline.seconds(frame.pts))

    def close(self) -> None:
        """Writes what the encoder still holds, the rest of the sound, and the index."""
        try:
            self._mux(self._stream.encode(None))
            if self._sound:
                self._sound.write_until(self._timeline.end_s)
        finally:
            if self._sound:
                self._sound.close()
            self._container.close()

    def _mux(self, packets: list[Packet[VideoStream]]) -> None:
        for packet in packets:
            packet.duration = self._timeline.frame_ticks  # counts for the last one: players drop one without length
            self._container.mux(packet)


def _container_options(container: str) -> dict[str, str]:
    import av

    if container not in ("mp4", "mov"):
        return {"cluster_time_limit": "1000", "flush_packets": "1"}
    flags = "delay_moov+default_base_moof"
    if av.library_versions["libavformat"] >= (61, 7):  # FFmpeg 7.1; before, the file stays in fragments
        flags += "+hybrid_fragmented"
    return {"movflags": flags, "frag_duration": "1000000", "flush_packets": "1"}
