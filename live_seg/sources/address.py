"""What an address means: `0`, `/dev/video2`, part of a camera's name, `clip.mp4`, `demo`, `synthetic:empty`, `auto`."""

from __future__ import annotations

import logging
import os
import re
from pathlib import Path
from typing import cast

from live_seg.config import Config
from live_seg.devices import list_devices
from live_seg.errors import SourceError, UsageError
from live_seg.frame import Clock
from live_seg.media import PICTURE_SUFFIXES, VIDEO_SUFFIXES, is_picture, readable
from live_seg.media.file import named
from live_seg.sources.picture import PictureSource
from live_seg.sources.source import Source, SourceClass, sources

log = logging.getLogger("live_seg")


def open_source(config: Config, clock: Clock, repeat: bool = False) -> Source:
    """Opens what `source.camera` means.

    Parameters
    ----------
    config
        Its `source` part says what, and how.
    clock
        What a live source stamps its frames with.
    repeat
        True if a picture is to be given again and again, because something shows it.

    Raises
    ------
    UsageError
        If it is a file that is missing or cannot be used, or a name that fits several cameras.
    SourceError
        If a camera cannot be opened.
    """
    address = config.source.camera.strip()
    if address == "auto":
        return _first_camera_or_demo(config, clock)
    kind, rest = meaning(address)
    source = _open(kind, rest, config, clock)
    if repeat and isinstance(source, PictureSource):
        source.repeat = True
    return source


def meaning(address: str) -> tuple[str, str]:
    """Name of the source in the registry, and the address for it: `"clip.mp4"` -> `("video", "clip.mp4")`.

    A name of the registry comes first (a file called `demo` is `./demo`), then cameras by number and path, then
    files; everything else is part of a camera's name.

    Raises
    ------
    UsageError
        If it is a file that is missing, empty or must not be read, or an address in a network.
    """
    name, _, rest = address.partition(":")
    if name in sources.names():
        return name, rest
    if "://" in address:
        raise UsageError(f"{address} is in a network", "Save it as a file first, or give a camera.")
    if address.isdecimal() or _is_node(address):
        return "camera", address
    if _looks_like_file(address):
        return "picture" if is_picture(readable(address)) else "video", address
    return "camera", address


def _is_node(address: str) -> bool:
    """Also a link to one, such as /dev/webcam, which rules of udev make."""
    is_link = address.startswith("/") and Path(address).is_symlink()
    return re.match(r"/dev/(video\d|v4l/)", os.path.realpath(address) if is_link else address) is not None


def _open(kind: str, address: str, config: Config, clock: Clock) -> Source:
    source_class = cast(SourceClass, sources.get(kind))
    with sources.making(kind):
        return source_class(address, config, clock)


def _looks_like_file(address: str) -> bool:
    path = named(address)
    has_folder = address.startswith(("~", ".")) or any(mark in address for mark in (os.sep, os.altsep) if mark)
    return has_folder or path.suffix.lower() in PICTURE_SUFFIXES | VIDEO_SUFFIXES or _exists(path)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name that no file can have
        return False


def _first_camera_or_demo(config: Config, clock: Clock) -> Source:
    failures = []
    for device in list_devices():
        if device.problem:
            failures.append(f"{device}: {device.problem}")
        if not device.is_camera:
            continue
        try:
            camera = _open("camera", device.path or str(device.index), config, clock)
        except SourceError as error:
            failures.append(str(error))
            continue
        log.info("took the first camera, %s", camera.name)
        return camera
    log.warning("%s: showing the demo; choose with --camera", "; ".join(failures) or "there is no camera")
    return _open("demo", "", config, clock)
