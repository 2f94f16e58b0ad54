"""A USB webcam with Motion JPEG: two nodes, the right colours, silence, the cable pulled and put in again."""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path

import numpy as np
from guest import Program, nodes, passed, shell, wait_for
from usb_webcam import COLOUR, NAME

from live_seg.config import Config, changed
from live_seg.devices import list_devices, modes_of
from live_seg.devices.choose import choose
from live_seg.errors import SourceError, SourceLost
from live_seg.sources.camera import CameraSource
from live_seg.sources.reopening import ReopeningSource

config = changed(Config(), "source.size", "320x240")
config = changed(config, "source.fps", 10.0)


def plug_in() -> Program:
    program = Program(sys.executable, str(Path(__file__).with_name("usb_webcam.py")), name="usb_webcam")
    program.wait_for("plugged in")
    wait_for("its nodes", lambda: len(nodes(NAME)) == 2)
    return program


def is_right(image) -> bool:
    return np.abs(image[:60].mean((0, 1)) - COLOUR).max() < 8  # the disc moves below


shell("modprobe -a uvcvideo vhci_hcd")
program = plug_in()
devices = list_devices()
assert [device.captures for device in devices] == [True, False], devices
camera = choose("webcam", devices)
assert camera.name in (f"{NAME}: {NAME}", NAME), camera
assert camera.path == "/dev/video0" and camera.driver == "uvcvideo" and camera.bus.startswith("usb-vhci_hcd"), camera
assert [str(mode) for mode in modes_of(camera)] == ["320x240 at 10 MJPG", "640x480 at 10 MJPG"], modes_of(camera)
passed(f"{camera.name}: of two nodes the one that captures, with its modes")
try:
    raise AssertionError(CameraSource("1", config, time.monotonic))
except SourceError as error:
    assert "second node" in str(error), error
passed("the other node is refused with the reason")

first = CameraSource("soft webcam", config, time.monotonic)
assert first.format == "MJPG" and not first.notes, (first.format, first.size, first.fps, first.notes)
with ReopeningSource(first) as source:
    for _ in range(5):
        frame = source.read(30)
        assert is_right(frame.image), frame.image[:60].mean((0, 1))
    passed(f"{first.size} at {first.fps:g} {first.format}, colours right, nothing to note")

    program.end(signal.SIGKILL)
    try:
        while True:
            frame = source.read(10)
    except SourceLost as error:
        assert "looking for it" in str(error), error
    wait_for("its nodes to go", lambda: not nodes(NAME))
    program = plug_in()

    def back():
        try:
            return source.read(1)
        except SourceLost:
            return None

    again = wait_for("pictures after the replug", back)
    assert is_right(again.image) and again.index == frame.index + 1
    passed(f"cable pulled and put in again: {source.name} gives pictures on")

    program.process.send_signal(signal.SIGUSR1)
    try:
        while True:
            source.read(3)
    except SourceLost as error:
        assert "gave no picture for 3 s" in str(error), error
    started = time.monotonic()
took = time.monotonic() - started
assert took < 8, took
passed(f"pictures stop with the cable in: lost after 3 s, closed within {took:.1f} s")
program.end(signal.SIGKILL)
