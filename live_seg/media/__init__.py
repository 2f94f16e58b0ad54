"""Reading picture and video files: for sources, and for what stands behind a person."""

from live_seg.media.file import readable
from live_seg.media.picture import PICTURE_SUFFIXES, is_picture, read_picture
from live_seg.media.video import VIDEO_SUFFIXES, VideoFile, open_container

__all__ = [
    "PICTURE_SUFFIXES",
    "VIDEO_SUFFIXES",
    "VideoFile",
    "is_picture",
    "open_container",
    "read_picture",
    "readable",
]
