"""The sound of a video that is read, carried over into the one that is written."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from live_seg.media import open_container

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import OutputContainer
    from av.packet import Packet

    Timed = tuple[float, Packet[AudioStream]]

log = logging.getLogger("live_seg")

_taken_as_it_is = {
    "mp4": {"aac", "mp3", "ac3", "eac3", "alac", "opus", "flac"},
    "mov": {"aac", "mp3", "ac3", "eac3", "alac", "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be"},
    "webm": {"opus", "vorbis"},
}
"""Codecs that players expect in a container; Matroska takes whatever has a name in it."""

_aac_rates = (96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350)
"""ISO/IEC 14496-3, table of samplingFrequencyIndex."""

_begins = {"ac3": b"\x0b\x77", "eac3": b"\x0b\x77"}
"""ETSI TS 102 366, syncword. MP4 and MOV look into these packets, and one that is broken would end the whole file."""

_delay_s = 0.05
"""AAC begins with up to 2,112 samples that are not heard, before time 0; MP4 and MOV know that, others would shift."""


class Sound:
    """Writes the sound of a file into an open container, as far as the pictures are.

    Packets are copied where the container takes the codec; otherwise it is encoded anew, as AAC or, in WebM, Opus.

    Parameters
    ----------
    file
        The video that is read.
    container
        Open for writing, its header not yet written.
    start_s
        Time in `file` of the first picture that is written.
    """

    def __init__(self, file: str, container: OutputContainer, start_s: float) -> None:
        import av

        self._container = container
        self._input = open_container(file)
        self._start_s = start_s + (self._input.start_time or 0) / av.time_base
        self._packets: Iterator[Timed] = iter(())
        self._next: Timed | None = None
        tracks = self._input.streams.audio
        known = [stream for stream in tracks if stream.codec_context]  # telephones add one that FFmpeg does not know
        if tracks and not known:
            log.warning("the sound of %s is coded in a way that is not known here, and is left out", file)
        if known:
            self._packets = self._open(known[0])
            self._next = next(self._packets, None)

    def write_until(self, time_s: float) -> None:
        """Writes what begins before that time, in seconds from the first picture."""
        while self._next and self._next[0] < time_s:
            self._container.mux(self._next[1])
            self._next = next(self._packets, None)

    def close(self) -> None:
        """Closes the file; may be called twice."""
        self._input.close()

    def _open(self, stream: AudioStream) -> Iterator[Timed]:
        container = self._container.format.name
        codec = stream.codec_context
        name = codec.codec.canonical_name  # the decoder of MP3 is called mp3float
        is_taken = name in _taken_as_it_is.get(container, self._container.supported_codecs)
        if is_taken and not (name == "aac" and not codec.extradata):  # as in broadcast: with headers in the data
            copy = self._container.add_stream_from_template(stream)
            return self._copied(stream, copy, -_delay_s if container in ("mp4", "mov") else 0.0)
        # Opus has few rates; AAC all usual ones, but neither 192 kHz nor the odd ones of old cameras.
        rate = 48_000 if container == "webm" else min(_aac_rates, key=lambda rate: abs(rate - (stream.rate or 48_000)))
        encoder = self._container.add_stream("libopus" if container == "webm" else "aac", rate=rate)
        encoder.layout = "mono" if stream.channels == 1 else "stereo"
        return self._encoded(stream, encoder)

    def _copied(self, stream: AudioStream, copy: AudioStream, earliest_s: float) -> Iterator[Timed]:
        tick = stream.time_base or Fraction(1, 1000)
        shift = round(self._start_s / tick)
        begins = _begins.get(stream.codec_context.codec.canonical_name, b"")
        last: int | None = None
        following = 0
        for packet in self._read(stream):
            if packet.pts is None or packet.dts is None or not bytes(packet).startswith(begins):
                continue
            packet.pts -= shift
            packet.dts -= shift
            if packet.pts * tick < earliest_s:
                continue
            if last is not None and packet.dts <= last:  # two recordings in one file: no container takes that
                packet.pts += following - packet.dts
                packet.dts = following
            last = packet.dts
            following = last + max(1, packet.duration or 0)
            packet.stream = copy
            yield float(packet.pts * tick), packet

    def _encoded(self, stream: AudioStream, encoder: AudioStream) -> Iterator[Timed]:
        from av.audio.resampler import AudioResampler
        from av.error import FFmpegError

        clock = Fraction(1, encoder.rate)
        written = 0
        kind: tuple[str, str, int] | None = None
        for packet in self._read(stream):
            try:
                frames = stream.codec_context.decode(packet)
            except FFmpegError:  # a broken packet: a moment of silence is closed by the next one's time
                continue
            for frame in frames:
                if frame.time is None or frame.time < self._start_s - _delay_s:
                    continue
                if kind != (kind := (frame.format.name, frame.layout.name, frame.sample_rate)):  # it takes one alone
                    samples = "flt" if encoder.name == "libopus" else "fltp"
                    resampler = AudioResampler(samples, encoder.layout, encoder.rate)
                for part in resampler.resample(frame):
                    place = max(written, round((frame.time - self._start_s) * encoder.rate))
                    part.pts, part.time_base = place, clock
                    written = place + part.samples
                    yield from _timed(encoder.encode(part))
        yield from _timed(encoder.encode(None))

    def _read(self, stream: AudioStream) -> Iterator[Packet[AudioStream]]:
        from av.error import FFmpegError

        try:
            yield from self._input.demux(stream)
        except (FFmpegError, OSError):  # the pictures' source says that the file breaks off
            return


def _timed(packets: list[Packet[AudioStream]]) -> Iterator[Timed]:
    for packet in packets:
        if packet.pts is not None and packet.time_base is not None:
            yield float(packet.pts * packet.time_base), packet
