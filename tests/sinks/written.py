"""Files that the file sink wrote, and what is in them."""

from made_clips import SMALL, picture_of

from live_seg.config import build
from live_seg.frame import Frame
from live_seg.media import VideoFile
from live_seg.sinks import Stream
from live_seg.sinks.file import FileSink


def opened(path, fps=25.0, lossless=True, size=SMALL, has_alpha=False, **output):
    config = build({"output": {"file": str(path), "quality_crf": 8, **output}})
    return FileSink(config, Stream(size, fps, lossless, has_alpha=has_alpha))


def write(path, count=10, size=SMALL, fps=25.0, times=None, **options):
    with opened(path, fps, **options) as sink:
        for index in range(count):
            picture = picture_of(index, size)
            sink.write(picture, Frame(picture, index, times[index] if times else index / fps))
    return path


def frames_of(path):
    file = VideoFile(str(path))
    frames = list(file)
    file.close()
    return frames


def folder_of(path):
    return sorted(entry.name for entry in path.iterdir())
