"""The live app: `live-seg --camera 0 --blur`."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from live_seg.cli.parser import Parser, add_blur
from live_seg.config import Config, build, has_user_file, parse_value, read_values, render, user_file
from live_seg.errors import UsageError

DESCRIPTION = """A webcam goes in, the person stays, the room is blurred or replaced.

  live-seg --camera 0 --blur                      a window with the blurred room
  live-seg --camera 0 --replace beach.jpg         a picture, a video, or a colour such as "#00b140"
  live-seg --camera 0 --blur --virtual-camera     a camera for video calls
  live-seg --camera clip.mp4 --blur --output out.mp4 --no-window
"""


def add_options(parser: Parser, window: bool = True) -> None:
    """Adds the live app's options; without those of its window, for what shows the picture otherwise."""
    add = parser.add_argument
    add("--camera", metavar="CAMERA", help="0, /dev/video2, part of a name, clip.mp4, photo.jpg, demo, synthetic")
    effect = parser.add_mutually_exclusive_group()
    add_blur(effect)
    effect.add_argument("--replace", metavar="BACKGROUND", help="a picture, a video or a colour in place of the room")
    effect.add_argument("--transparent", action="store_true", help="the person on nothing")
    effect.add_argument("--effect", metavar="NAME", help="an effect by its name, also of other packages")
    add("--virtual-camera", metavar="DEVICE", nargs="?", const=True, help="send to the virtual camera")
    add("--output", metavar="FILE", help="write a file: .mp4, .mkv, .mov, .webm, .png")
    if window:
        add("--no-window", action="store_true", help="open no window")
    add("--size", metavar="WxH", help="size asked of the camera")
    add("--fps", metavar="N", help="frames a second asked of the camera")
    add("--mirror", action="store_true", help="swap left and right")
    add("--engine", metavar="NAME", help="auto, cpu, cuda, tensorrt, openvino")
    add("--model", metavar="NAME", help="a name of `live-seg models`, or an .onnx file")
    add("--threads", metavar="N", help="threads for the network, and OpenCV's above 1920x1080")
    add("--target-fps", metavar="N", help="look less often where that is needed for so many pictures a second")
    add("--max-cpu", metavar="PERCENT", help="the same, for no more of the processor than that")
    add("--seconds", metavar="N", help="stop after so many seconds")
    add("--frames", metavar="N", help="stop after so many frames")
    add("--config", metavar="FILE", type=Path, help="a TOML file; a saved change is taken over while running")
    add("--set", metavar="PART.KEY=VALUE", action="append", default=[], help="any key of the configuration")
    add("--print-config", action="store_true", help="print the configuration that results, and end")
    add("--debug", action="store_true", help="show tracebacks and more messages")
    add("--version", action="store_true", help="print the version, and end")


def configuration(options: argparse.Namespace) -> tuple[Config, list[Path]]:
    """The user's file, then --config, then the options; and the files, to be watched."""
    files = [user_file()] + ([options.config] if options.config else [])
    values: dict[str, dict[str, Any]] = {}
    for file in files:
        if file != user_file() or has_user_file():
            for part, content in read_values(file).items():
                values.setdefault(part, {}).update(content)
    for name, value in _from_options(options):
        part, key = name.split(".")
        values.setdefault(part, {})[key] = value
    return build(values), files


def _from_options(options: argparse.Namespace) -> Iterator[tuple[str, Any]]:
    plain = {
        "camera": "source.camera",
        "size": "source.size",
        "fps": "source.fps",
        "engine": "engine.name",
        "model": "engine.model",
        "threads": "engine.threads",
        "output": "output.file",
        "target_fps": "governor.target_fps",
        "max_cpu": "governor.max_cpu_percent",
        "seconds": "run.seconds",
        "frames": "run.frames",
        "effect": "effect.name",
    }
    for option, name in plain.items():
        text = getattr(options, option)
        if text is not None:
            yield name, parse_value(name, text)
    if options.blur is not None:
        yield "effect.name", "blur"
        if options.blur is not True:
            yield "blur.radius_px", options.blur
    if options.replace is not None:
        yield "effect.name", "replace"
        yield "replace.background", options.replace
    if options.transparent:
        yield "effect.name", "transparent"
    if options.virtual_camera is not None:
        yield "virtual_camera.show", True
        if options.virtual_camera is not True:
            yield "virtual_camera.device", options.virtual_camera
    if getattr(options, "no_window", False):
        yield "window.show", False
    if options.mirror:
        yield "source.mirror", True
    for item in options.set:
        name, equals, text = item.partition("=")
        if not equals:
            raise UsageError(f"--set {item} has no value", "Write --set part.key=value.")
        yield name.strip(), parse_value(name.strip(), text.strip())


def run(options: argparse.Namespace) -> int:
    """Runs the live app; returns the exit code."""
    config, files = configuration(options)
    if options.print_config:
        return print_config(config)
    from live_seg.cli.signals import signals
    from live_seg.config.watch import Watch
    from live_seg.live.session import Session

    watch = Watch(files)  # before the session: what is saved while it opens is a change, too
    with Session(config) as session:
        session.open()
        with signals(session.pipeline.stop) as came:
            session.run(watch)
        return 128 + came[0] if came and session.lossless else 0


def print_config(config: Config) -> int:
    """Prints the configuration as a file that can be used; returns the exit code."""
    print(render(config), end="")
    return 0
