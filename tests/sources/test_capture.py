import os
import subprocess
import sys

import cv2
import pytest
from fake_capture import FakeCapture

from live_seg.devices import Device
from live_seg.frame import Size
from live_seg.sources import capture as module
from live_seg.sources.capture import backends, difference, format_of, open_capture, rate_of, waits_in_retrieve

C920 = Device("C920", 0, "/dev/video0")


class DirectShow(FakeCapture):
    """Sets its graph up anew for a size, a rate or a format, as OpenCV 4.6 does; only the last keeps Motion JPEG."""

    def __init__(self):
        super().__init__(obeys=True, backend="DSHOW")

    def set(self, propId, value):  # noqa: N803
        super().set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"YUY2"))
        return super().set(propId, value)


def test_motion_jpeg_is_asked_for_before_the_size():
    fake = FakeCapture()
    assert open_capture(C920, Size(1280, 720), 30, lambda camera, backend: fake) is fake
    asked = [which for which, _ in fake.asked]
    assert asked[:3] == [cv2.CAP_PROP_FOURCC, cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT]
    assert dict(fake.asked)[cv2.CAP_PROP_FOURCC] == cv2.VideoWriter.fourcc(*"MJPG")


def test_directshow_is_asked_for_motion_jpeg_last_because_it_forgets_it_with_each_change_of_size_or_rate(monkeypatch):
    monkeypatch.setattr(module, "backends", lambda: [cv2.CAP_DSHOW])
    capture = DirectShow()
    open_capture(Device("Cam", 0), Size(1280, 720), 30, lambda camera, backend: capture)
    assert format_of(capture) == "MJPG"
    assert (capture.get(cv2.CAP_PROP_FRAME_WIDTH), capture.get(cv2.CAP_PROP_FRAME_HEIGHT)) == (1280, 720)


def test_only_directshow_waits_for_its_picture_while_it_is_retrieved():
    assert waits_in_retrieve(FakeCapture(backend="DSHOW"))
    assert not any(waits_in_retrieve(FakeCapture(backend=name)) for name in ("V4L2", "MSMF", "AVFOUNDATION"))


def test_linux_opens_by_path_since_a_number_may_be_another_camera(monkeypatch):
    monkeypatch.setattr(module, "backends", lambda: [cv2.CAP_V4L2])
    opened = []
    open_capture(C920, Size(640, 480), 30, lambda camera, backend: opened.append((camera, backend)) or FakeCapture())
    assert opened == [("/dev/video0", cv2.CAP_V4L2)]


def test_a_backend_that_cannot_is_released_before_the_next_is_tried(monkeypatch):
    monkeypatch.setattr(module, "backends", lambda: [cv2.CAP_DSHOW, cv2.CAP_MSMF])
    cannot, can = FakeCapture(opened=False), FakeCapture()
    made = {cv2.CAP_DSHOW: cannot, cv2.CAP_MSMF: can}
    assert open_capture(Device("Cam", 1), Size(640, 480), 30, lambda camera, backend: made[backend]) is can
    assert cannot.released.is_set() and not can.released.is_set()
    assert open_capture(Device("Cam", 1), Size(640, 480), 30, lambda *_: FakeCapture(opened=False)) is None


@pytest.mark.parametrize(
    ("system", "expected"),
    [
        ("linux", [cv2.CAP_V4L2]),
        ("win32", [cv2.CAP_DSHOW, cv2.CAP_MSMF]),
        ("darwin", [cv2.CAP_AVFOUNDATION]),
        ("freebsd14", [cv2.CAP_ANY]),
    ],
)
def test_each_system_has_its_interfaces(system, expected):
    assert backends(system) == expected


def test_waits_inside_opencv_are_shortened_unless_the_user_says_otherwise():
    code = "import os, live_seg.sources.capture; print(os.environ['OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT'])"
    environment = {**os.environ, "OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT": "7"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "7"
    assert os.environ["OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS"] == "0"


def test_format_and_rate_are_read_back():
    assert format_of(FakeCapture(fourcc="MJPG")) == "MJPG"
    assert format_of(FakeCapture(fourcc="\0\0\0\0")) == ""
    assert format_of(FakeCapture(fourcc="Y16 ")) == "Y16"
    assert rate_of(FakeCapture(fps=24.0)) == 24.0
    assert rate_of(FakeCapture(fps=-1.0)) == 0.0
    assert rate_of(FakeCapture(fps=1e9)) == 0.0


def test_what_is_not_as_asked_for_is_one_line():
    asked = Size(1280, 720)
    assert difference(asked, 30, Size(640, 480), 25, "YUYV") == [
        "asked for 1280x720 at 30, the camera gives 640x480 at 25 YUYV"
    ]
    assert difference(asked, 30, asked, 9, "MJPG") == ["asked for 1280x720 at 30, the camera gives 1280x720 at 9 MJPG"]
    assert difference(asked, 30, Size(638, 478), 0, "") == ["asked for 1280x720 at 30, the camera gives 638x478"]


@pytest.mark.parametrize("fps", [30, 29.97, 0])
def test_what_is_as_asked_for_is_no_line(fps):
    assert difference(Size(1280, 720), 30, Size(1280, 720), fps, "MJPG") == []
