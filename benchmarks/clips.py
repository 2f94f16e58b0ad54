"""Reads each clip and writes it again; says what differs, and how long a frame takes.

python benchmarks/clips.py FOLDER_OR_CLIP…
"""

from __future__ import annotations

import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import av

from live_seg.config import build
from live_seg.frame import Size
from live_seg.media import VIDEO_SUFFIXES
from live_seg.sinks import Stream
from live_seg.sinks.file import FileSink
from live_seg.sources.video import VideoSource


class Facts(NamedTuple):
    """What must be the same in a clip and its copy."""

    frames: int
    size: Size
    rate: Fraction | None
    pixel_aspect: Fraction
    has_sound: bool


def main() -> int:
    """Exit code 1 if any copy differs."""
    clips = [clip for name in sys.argv[1:] for clip in _clips(Path(name))]
    if not clips:
        print(__doc__)
        return 2
    different = 0
    with tempfile.TemporaryDirectory() as folder:
        for clip in clips:
            copy = Path(folder) / "copy.mp4"
            count, seconds = _copied(clip, copy)
            before, after = _facts(clip), _facts(copy)
            said = "the same" if before == after else f"{before} became {after}"
            different += before != after
            print(f"{clip.name:32} {before.size!s:>9} {count:5} frames {1e3 * seconds / count:6.1f} ms a frame  {said}")
    print(f"{len(clips) - different} of {len(clips)} are the same")
    return int(different > 0)


def _clips(path: Path) -> list[Path]:
    return sorted(file for file in path.iterdir() if file.suffix in VIDEO_SUFFIXES) if path.is_dir() else [path]


def _copied(clip: Path, copy: Path) -> tuple[int, float]:
    config = build({"output": {"file": str(copy)}})
    start, count = time.perf_counter(), 0
    with VideoSource(str(clip), config, time.monotonic) as source:
        stream = Stream(source.size, source.fps, lossless=True, sound_from=str(clip))
        with FileSink(config, stream) as sink:
            while (frame := source.read(1.0)) is not None:
                sink.write(frame.image, frame)
                count += 1
    return count, time.perf_counter() - start


def _facts(path: Path) -> Facts:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        size, rate = Size(stream.width, stream.height), stream.average_rate
        aspect = stream.sample_aspect_ratio or Fraction(1)
        has_sound = bool(container.streams.audio)
        return Facts(sum(1 for _ in container.decode(stream)), size, rate, aspect, has_sound)


if __name__ == "__main__":
    sys.exit(main())
