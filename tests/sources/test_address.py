import logging

import cv2
import numpy as np
import pytest
from made_clips import make_clip

from live_seg.config import build
from live_seg.devices import Device
from live_seg.errors import SourceError, UsageError
from live_seg.sources import address, open_source, sources
from live_seg.sources.address import meaning


def opened(camera, **options):
    return open_source(build({"source": {"camera": camera, "size": "64x36"}}), lambda: 0.0, **options)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    make_clip(tmp_path / "clip.mp4")
    (tmp_path / "photo.jpg").write_bytes(cv2.imencode(".jpg", np.zeros((8, 8, 3), np.uint8))[1].tobytes())
    (tmp_path / "photo without suffix").write_bytes((tmp_path / "photo.jpg").read_bytes())
    (tmp_path / "clip without suffix").write_bytes((tmp_path / "clip.mp4").read_bytes())
    (tmp_path / "demo").write_bytes((tmp_path / "clip.mp4").read_bytes())
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", ("camera", "0")),
        ("12", ("camera", "12")),
        ("/dev/video2", ("camera", "/dev/video2")),
        ("/dev/v4l/by-id/usb-C920", ("camera", "/dev/v4l/by-id/usb-C920")),
        ("Logitech", ("camera", "Logitech")),
        ("HD Pro Webcam C920", ("camera", "HD Pro Webcam C920")),
        ("Integrated Camera: Front", ("camera", "Integrated Camera: Front")),
        ("demo", ("demo", "")),
        ("synthetic:empty", ("synthetic", "empty")),
        ("camera:demo", ("camera", "demo")),
        ("video:photo.jpg", ("video", "photo.jpg")),
        ("clip.mp4", ("video", "clip.mp4")),
        ("./clip.mp4", ("video", "./clip.mp4")),
        ("./demo", ("video", "./demo")),
        ("photo.jpg", ("picture", "photo.jpg")),
        ("photo without suffix", ("picture", "photo without suffix")),
        ("clip without suffix", ("video", "clip without suffix")),
    ],
)
@pytest.mark.usefixtures("folder")
def test_an_address_means_one_source(text, expected):
    assert meaning(text) == expected


def test_a_link_to_a_camera_is_one_and_a_link_to_a_file_is_a_file(folder):
    (folder / "webcam").symlink_to("/dev/video7")
    (folder / "link").symlink_to(folder / "clip.mp4")
    assert meaning(str(folder / "webcam")) == ("camera", str(folder / "webcam"))
    assert meaning(str(folder / "link")) == ("video", str(folder / "link"))


@pytest.mark.parametrize("text", ["missing.mp4", "missing.PNG", "./missing", "~/missing", "nowhere/clip.mp4"])
@pytest.mark.usefixtures("folder")
def test_a_missing_file_is_not_taken_for_a_camera(text):
    with pytest.raises(UsageError, match="there is no file"):
        opened(text)


@pytest.mark.usefixtures("folder")
def test_a_mistyped_file_names_the_nearest():
    with pytest.raises(UsageError, match=r"Did you mean clip.mp4\?"):
        opened("clipp.mp4")


def test_an_address_in_a_network_is_refused():
    with pytest.raises(UsageError, match="rtsp://cam/1 is in a network"):
        opened("rtsp://cam/1")


@pytest.mark.usefixtures("folder")
def test_a_picture_is_repeated_where_it_is_shown():
    with opened("photo.jpg") as once, opened("photo.jpg", repeat=True) as repeated:
        assert [once.read(1) is None, once.read(1) is None] == [False, True]
        assert all(repeated.read(1) for _ in range(3))


class FakeCamera:
    busy: tuple[str, ...] = ()

    def __init__(self, camera, config, clock):
        if camera in self.busy:
            raise SourceError(f"{camera} is busy")
        self.name = camera


@pytest.fixture
def cameras(monkeypatch):
    """Sets which devices there are, and which of them are busy."""

    def set_to(*devices, busy=()):
        monkeypatch.setattr(address, "list_devices", lambda: list(devices))
        FakeCamera.busy = busy

    sources.names()
    monkeypatch.setitem(sources._classes, "camera", FakeCamera)
    return set_to


A, B = Device("A", 0, "/dev/video0"), Device("B", 2, "/dev/video2")


def test_auto_takes_the_first_camera_that_works(cameras, caplog):
    caplog.set_level(logging.INFO, "live_seg")
    cameras(Device("metadata", 0, "/dev/video9", captures=False), A, B)
    assert opened("auto").name == "/dev/video0"
    assert "took the first camera" in caplog.text
    cameras(A, B, busy=("/dev/video0",))
    assert opened("auto").name == "/dev/video2"


def test_auto_does_not_take_a_virtual_camera(cameras):
    cameras(Device("Live Seg Camera", 0, "/dev/video0", driver="v4l2 loopback"), B)
    assert opened("auto").name == "/dev/video2"


def test_auto_shows_the_demo_and_says_why(cameras, caplog):
    cameras()
    assert opened("auto").name == "demo"
    assert "there is no camera: showing the demo" in caplog.text
    cameras(A, Device("B", 1, "/dev/video1", captures=False, problem="permission denied"), busy=("/dev/video0",))
    assert opened("auto").name == "demo"
    assert "/dev/video0 is busy; B (/dev/video1): permission denied: showing the demo" in caplog.text
