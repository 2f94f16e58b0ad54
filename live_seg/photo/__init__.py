"""Pictures: read safely, cut out by the same `Matter` as the live picture, written with what must survive."""

from live_seg.photo.cutter import Cutter
from live_seg.photo.limits import Limits, TooLarge
from live_seg.photo.photo import Photo, Unreadable, read_photo, write_photo
from live_seg.photo.request import Request

__all__ = ["Cutter", "Limits", "Photo", "Request", "TooLarge", "Unreadable", "read_photo", "write_photo"]
