"""Videos: any file that FFmpeg reads, as upright BGR frames with their times."""

from __future__ import annotations

import logging
import os
from collections.abc import Generator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, cast

import cv2

from live_seg.errors import UsageError
from live_seg.frame import Image, Size
from live_seg.media.file import readable

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

log = logging.getLogger("live_seg")

VIDEO_SUFFIXES = frozenset(
    {".3gp", ".avi", ".flv", ".gif", ".m2ts", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".mts", ".ogv", ".ts"}
    | {".webm", ".wmv"}
)
"""In lower case; only to tell a missing file from a camera's name. What a file is, its content says."""

_threads = min(4, os.cpu_count() or 1)
_large = 1920 * 1088

_turns = {90: cv2.ROTATE_90_COUNTERCLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_CLOCKWISE}
_no_videos = frozenset({"tty", "lrc", "srt", "webvtt", "ass"})
"""Formats in which FFmpeg would draw or read text."""


def open_container(file: str | Path) -> InputContainer:
    """A media file opened by PyAV, whatever marks are in its name and its metadata; raises FFmpeg's errors."""
    import av

    # "file:": a name may have a colon in it. Titles are not always UTF-8, in old AVI files hardly ever.
    return av.open(f"file:{file}", "r", metadata_errors="replace")


class VideoFile:
    """An open video; iterating gives `(time_s, image)` of every frame exactly once, in order.

    A file that breaks off gives what can be decoded, and a warning in the log. One without its index (an MP4 whose
    recording was cut short) cannot be opened at all.

    Parameters
    ----------
    name
        The file.
    again
        It was read before: what is wrong with it was said then.

    Attributes
    ----------
    size
        Of the frames, upright; their pixels need not be square.
    fps
        Average rate; 0 where the file does not say.

    Raises
    ------
    UsageError
        If the file is missing, empty, no video, or none of its frames can be decoded.
    """

    def __init__(self, name: str, again: bool = False) -> None:
        import av

        path = readable(name)
        self.name = name
        self._level = logging.DEBUG if again else logging.WARNING
        try:
            self._container = open_container(path)
        except (av.error.FFmpegError, OSError) as error:
            raise _unreadable(name, error.strerror or str(error)) from None
        try:
            self._stream = self._video_stream()
            self._start_s = (self._container.start_time or 0) / av.time_base
            self.fps = float(self._stream.average_rate or self._stream.guessed_rate or 0)
            self._conversion = _Conversion()
            self._frames = self._decoded()
            first = next(self._frames, None)
            if first is None:
                raise _unreadable(name, "none of its frames can be decoded")
        except BaseException:
            self._container.close()
            raise
        self._first = [first]
        self.size = Size.of(first[1])

    def __iter__(self) -> Iterator[tuple[float, Image]]:
        return self

    def __next__(self) -> tuple[float, Image]:
        return self._first.pop() if self._first else next(self._frames)

    def close(self) -> None:
        """Closes the file; may be called twice."""
        self._frames.close()
        self._container.close()

    def _video_stream(self) -> VideoStream:
        from av.stream import Disposition

        if self._container.format.name in _no_videos:
            raise _unreadable(self.name, "it is text")
        streams = [s for s in self._container.streams.video if not s.disposition & Disposition.attached_pic]
        if not streams:
            has_sound = bool(self._container.streams.audio)
            raise _unreadable(self.name, "it has sound and no pictures" if has_sound else "it has no pictures")
        stream = streams[0]
        if not stream.codec_context:
            raise _unreadable(self.name, "its pictures are coded in a way that is not known here")
        # Threads that decode several frames at once lose some round a broken packet, and hold memory: only where one
        # core is not enough. At 1280x720 it takes 2 ms a frame.
        stream.thread_type = "AUTO" if stream.width * stream.height > _large else "SLICE"
        stream.codec_context.thread_count = _threads
        return stream

    def _decoded(self) -> Generator[tuple[float, Image]]:
        last = -1.0
        try:
            for count, frame in enumerate(self._raw()):
                time_s = count / (self.fps or 30) if frame.time is None else frame.time - self._start_s
                if time_s <= last:  # times that stand still or go back: AVI, broken files
                    time_s = last + 1 / (self.fps or 30)
                last = time_s
                yield time_s, self._conversion(frame)
        except _BrokenOffError as error:
            log.log(self._level, "%s breaks off after %.1f s: %s", self.name, max(0.0, last), error)
            return
        expected = self._duration_s()
        if last >= 0 and last + 1 < 0.95 * expected:
            log.log(self._level, "%s breaks off after %.1f of %.1f s", self.name, last, expected)

    def _raw(self) -> Iterator[VideoFrame]:
        from av.error import FFmpegError, InvalidDataError

        packets = self._container.demux(self._stream)
        failure, broken = "", 0
        while not failure:
            try:
                packet = next(packets, None)
            except (FFmpegError, OSError) as error:
                failure = error.strerror or str(error)
                packet = None
            if packet is None:
                break
            try:
                yield from packet.decode()  # the last packet is empty, and brings what the decoder still holds
            except InvalidDataError:
                broken += 1
                log.debug("%s: a packet at %s cannot be decoded", self.name, packet.pts)
        if broken:
            log.log(
                self._level, "%s is damaged: %d of its packets cannot be decoded and are left out", self.name, broken
            )
        if failure:
            with suppress(FFmpegError):
                yield from self._stream.codec_context.decode(None)
            raise _BrokenOffError(failure)

    def _duration_s(self) -> float:
        if self._stream.duration and self._stream.time_base:
            return float(self._stream.duration * self._stream.time_base)
        text = self._stream.metadata.get("DURATION", "")  # of Matroska, at the end of a whole file: 00:01:02.345
        try:
            hours, minutes, seconds = text.split(":")
            end_s = int(hours) * 3600 + int(minutes) * 60 + float(seconds)
        except ValueError:
            end_s = (self._container.duration or 0) / 1e6
        return end_s - self._start_s  # Matroska counts from 0, wherever its first picture is


class _BrokenOffError(Exception):
    """The file cannot be read on."""


class _Conversion:
    """Decoded frames to BGR, all of the first one's size."""

    def __init__(self) -> None:
        from av.video.reformatter import VideoReformatter

        self._reformatter = VideoReformatter()  # keeps its tables from frame to frame
        self._size: Size | None = None

    def __call__(self, frame: VideoFrame) -> Image:
        from av.video.reformatter import Colorspace

        if self._size is None:
            self._size = Size(frame.width, frame.height)
        unsaid = frame.colorspace == 2  # then players take BT.709 for high definition and BT.601 below
        standard = Colorspace.ITU709 if frame.height >= 720 else Colorspace.ITU601
        converted = self._reformatter.reformat(
            frame,
            width=self._size.width,
            height=self._size.height,
            format="bgr24",
            src_colorspace=standard if unsaid else None,
            threads=1,
        )
        image = cast(Image, converted.to_ndarray())
        turn = _turns.get(frame.rotation % 360)
        return image if turn is None else cast(Image, cv2.rotate(image, turn))


def _unreadable(name: str, reason: str) -> UsageError:
    with readable(name).open("rb") as file:
        start = file.read(12)
    if start[4:8] == b"ftyp" and "nvalid data" in reason:
        return UsageError(
            f"{name} has no index: its recording or copying was cut short",
            "Copy or record it again; MKV files survive this.",
        )
    what = f"{name} cannot be read as a video: {_lower(reason)}"
    return UsageError(what, "Give an MP4, MKV, MOV, WebM or AVI, or a picture.")


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
