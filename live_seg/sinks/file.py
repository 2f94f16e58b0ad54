"""A video or picture file."""

from __future__ import annotations

import contextlib
import os
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

from live_seg.config import Config
from live_seg.errors import SinkLost, UsageError
from live_seg.frame import Frame, Image, Size
from live_seg.media import open_container
from live_seg.sinks.fit import fit
from live_seg.sinks.part_file import PartFile
from live_seg.sinks.picture_writer import PictureWriter
from live_seg.sinks.sink import SinkBase, Stream, sinks
from live_seg.sinks.timeline import Timeline, start_in_file_s
from live_seg.sinks.video_writer import VideoWriter, coding_for

_containers = {".mp4": "mp4", ".m4v": "mp4", ".mov": "mov", ".mkv": "matroska", ".webm": "webm"}
_pictures = (".png", ".webp", ".jpg", ".jpeg")
_with_alpha = (".mov", ".webm", ".png", ".webp")


def holds_alpha(file: str) -> bool:
    """True if a file of that name can hold a transparent background: .mov, .webm, .png, .webp."""
    return Path(file).suffix.lower() in _with_alpha


@sinks.register("file")
class FileSink(SinkBase):
    """A file of the kind that its suffix says: .mp4, .mkv, .mov (H.264), .webm (VP9), .png, .jpg, .webp.

    With a transparent background .mov becomes ProRes 4444 and .webm VP9 with alpha; .png and .webp keep it too. What
    is hidden or paused is opaque there. Everything has the size of the first picture; others are fitted in. H.264
    with an odd side is written as 4:4:4, so that the exact size stays. `out-%04d.png` (or `%d`, where no letter
    follows) numbers pictures, `out.png` holds the last one.

    A video is written beside its target as `out.part.mp4`, which can be played at any moment, also when the
    program is killed, and takes the target's name at the end. Nothing is left if no picture came.
    """

    def __init__(self, config: Config, stream: Stream) -> None:
        self._target = Path(config.output.file).expanduser()
        self._config = config
        self._stream = stream
        self.name = self._target.name
        self.takes_alpha = holds_alpha(config.output.file)
        _check(config.output.file, self._target)
        self._size: Size | None = None
        self._has_alpha = False
        self._part: PartFile | None = None
        self._writer: VideoWriter | None = None
        self._pictures = PictureWriter(self._target) if self._target.suffix.lower() in _pictures else None
        self._lost = ""

    def write(self, picture: Image, frame: Frame) -> None:
        """Takes one picture; the first one decides on the size, and on alpha where the stream is not known to have it.

        Raises
        ------
        SinkLost
            If the disk is full, or the file cannot be written for another reason; what was written is kept.
        UsageError
            If the first picture is BGRA and the file cannot hold alpha.
        """
        if self._lost:
            raise SinkLost(self._lost)
        if self._size is None:
            self._begin(picture)
        try:
            if self._pictures:
                self._pictures.write(self._fitted(picture))
                return
            if self._writer is None:
                self._writer = self._opened(frame.time)
            self._writer.write(self._fitted(picture), frame.time)
            if self._part and self._part.error:
                raise self._part.error
        except Exception as error:
            raise self._failed(error) from error

    def close(self) -> None:
        """Finishes the file and gives it its name; may be called twice.

        Raises
        ------
        SinkLost
            If its end cannot be written; what was written before is kept.
        """
        writer, self._writer = self._writer, None
        part, self._part = self._part, None
        pictures, self._pictures = self._pictures, None
        failure: Exception | None = None
        try:
            if writer:
                writer.close()
            if pictures:
                pictures.close()
        except Exception as error:  # noqa: BLE001  # FFmpeg's errors are of many kinds; the part is seen to all the same
            failure = error
        try:
            if part:
                failure = failure or part.error
                part.finish(keep=writer is not None and (not (failure or self._lost) or _is_playable(part.path)))
        except OSError as error:
            failure = failure or error
        if failure and not self._lost:
            raise self._failed(failure) from failure

    def _begin(self, picture: Image) -> None:
        self._has_alpha = picture.shape[2] == 4 or (self._stream.has_alpha and self.takes_alpha)
        if self._has_alpha and not self.takes_alpha:
            raise UsageError(
                f"{self.name} cannot hold a transparent background", f"These can: {', '.join(_with_alpha)}."
            )
        self._size = Size.of(picture)

    def _opened(self, start_s: float) -> VideoWriter:
        assert self._size is not None
        container = _containers[self._target.suffix.lower()]
        coding = coding_for(container, self._size, self._has_alpha, self._config.output.quality_crf)
        timeline = Timeline(self._stream.fps, self._stream.lossless)
        self._part = PartFile(self._target)
        writer = VideoWriter(self._part, container, self._size, coding, timeline)
        if self._stream.sound_from:
            writer.set_pixel_aspect(_pixel_aspect(self._stream.sound_from, self._size))
            writer.add_sound(self._stream.sound_from, start_in_file_s(start_s))
        return writer

    def _fitted(self, picture: Image) -> Image:
        """The picture with the size of the first one, and the file's channels."""
        assert self._size is not None
        picture = fit(picture, self._size)
        if self._has_alpha and picture.shape[2] == 3:
            return cv2.cvtColor(picture, cv2.COLOR_BGR2BGRA)  # type: ignore[return-value]  # uint8 stays uint8
        if not self._has_alpha and picture.shape[2] == 4:  # on black: under the alpha there may be anything
            alpha = cv2.merge([np.ascontiguousarray(picture[..., 3])] * 3)
            return cv2.multiply(np.ascontiguousarray(picture[..., :3]), alpha, scale=1 / 255)  # type: ignore[return-value]
        return picture

    def _failed(self, error: Exception) -> SinkLost:
        reason = getattr(error, "strerror", None) or str(error)
        self._lost = f"{self._target} cannot be written: {reason[:1].lower()}{reason[1:]}"
        return SinkLost(self._lost, "What was written so far is kept.")


def _check(name: str, target: Path) -> None:
    suffixes = (*_containers, *_pictures)
    if target.suffix.lower() not in suffixes:
        raise UsageError(f"{name} has no suffix that can be written", f"These can: {', '.join(suffixes)}.")
    if target.is_dir():
        raise UsageError(f"{name} is a folder", "Give the name of a file in it.")
    if not target.parent.is_dir():
        raise UsageError(f"there is no folder {target.parent} to write {target.name} to", "Make it, or give another.")
    if not os.access(target.parent, os.W_OK):
        raise UsageError(f"you may not write to the folder {target.parent}", "Give another for --output.")


def _pixel_aspect(file: str, size: Size) -> Fraction:
    """Width of a pixel by its height, of the video that the pictures come from."""
    import av

    with contextlib.suppress(av.error.FFmpegError, OSError), open_container(file) as container:
        stream = container.streams.video[0]
        aspect = stream.sample_aspect_ratio or Fraction(1)
        if size == (stream.width, stream.height):
            return aspect
        if size == (stream.height, stream.width) and aspect:  # turned upright
            return 1 / aspect
    return Fraction(1)


def _is_playable(path: Path) -> bool:
    import av

    with contextlib.suppress(av.error.FFmpegError, OSError, IndexError), open_container(path) as container:
        return any(packet.size for packet in container.demux(container.streams.video[0]))
    return False
