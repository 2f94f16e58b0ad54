"""Cameras that are busy, forbidden, our own output; unplugged, and back under another number."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from guest import Program, live_seg, load_loopback, load_vivid, nodes, passed, shell, wait_for

from live_seg.config import Config, changed
from live_seg.errors import SourceError, SourceLost
from live_seg.sources.camera import CameraSource
from live_seg.sources.reopening import ReopeningSource

HOLD = """
import sys, cv2
capture = cv2.VideoCapture("/dev/video0", cv2.CAP_V4L2)
assert capture.read()[0]
print("holding", flush=True)
sys.stdin.read()
"""
DRIVER = Path("/sys/bus/platform/drivers/vivid")

load_vivid()
load_loopback()
small = changed(Config(), "source.size", "320x180")


def refused(address: str, config: Config = small) -> str:
    try:
        CameraSource(address, config, time.monotonic).close()
    except SourceError as error:
        return str(error)
    raise AssertionError(f"{address} was opened")


with CameraSource("VIV", small, time.monotonic) as source:
    frame = source.read(30)
    assert source.name == "vivid (/dev/video0)" and frame.size == source.size, (source.name, source.size)
    assert abs(frame.time - time.monotonic()) < 5
    (note,) = source.notes or [""]
    passed(f"opened by part of its name: {source.size} at {source.fps:g} {source.format}; {note or 'as asked'}")
    larger = frame.image
    assert source.read(30).image is not larger

holder = subprocess.Popen([sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
assert holder.stdout.readline() == "holding\n"
code, text = live_seg("--camera", "vivid", "--no-window", "--engine", "fixed")
assert code == 3, text
expected = f"vivid (/dev/video0) is in use by {Path(f'/proc/{holder.pid}/comm').read_text().strip()} (pid {holder.pid})"
assert expected in text and len(text.splitlines()) == 1, text
assert f"(pid {holder.pid})" in live_seg("devices")[1]
holder.communicate()
passed(f"busy: {text.strip()}")

assert "would feed itself" in refused("9")
assert "there is no camera 5. There are: vivid (/dev/video0)" in refused("5")
assert "Did you mean vivid" in refused("vivit")
passed("our own output, an absent number and a slip are refused with what to do")

shell("chmod 660 /dev/video0; chgrp video /dev/video0")
code = "import time; from live_seg.config import Config; from live_seg.sources.camera import CameraSource; "
code += "CameraSource('0', Config(), time.monotonic)"
command = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", sys.executable, "-c", code]
error = subprocess.run(command, capture_output=True, text=True, check=False).stderr.strip().splitlines()[-1]
assert "you may not open vivid" in error and "Run `sudo usermod -aG video nobody`, then log out" in error, error
passed("forbidden: the usermod line with group and user")

with ReopeningSource(CameraSource("vivid", small, time.monotonic)) as source:
    index = source.read(30).index
    started = time.monotonic()
    (DRIVER / "unbind").write_text("vivid.0")
    try:
        while True:
            index = source.read(10).index
    except SourceLost as error:
        lost_s = time.monotonic() - started
        assert "looking for it" in str(error), error
    assert lost_s < 5, lost_s
    wait_for("vivid's node to go", lambda: not nodes("vivid"))
    shell("modprobe -r v4l2loopback")
    load_loopback('video_nr=0 card_label="Other" exclusive_caps=1')  # takes the camera's number
    for _ in range(2):
        try:
            raise AssertionError(source.read(1))
        except SourceLost:
            pass
    (DRIVER / "bind").write_text("vivid.0")

    def back():
        try:
            return source.read(1)
        except SourceLost:
            return None

    frame = wait_for("frames after the replug", back)
    assert frame.index == index + 1, (frame.index, index)
    assert source.name == "vivid (/dev/video1)" and source.state == "" and source.losses == 1, source.name
passed(f"unplugged: lost after {lost_s:.1f} s; found again by its name as {source.name}, numbered on")

with Program("v4l2-ctl", "-d", "/dev/video1", "--stream-mmap", "--stream-count=100000", name="streamer") as program:
    program.wait_for("fps")
    assert f"is in use by v4l2-ctl (pid {program.process.pid})" in refused("vivid")
passed("busy with another kind of program")
