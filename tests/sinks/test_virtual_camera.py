import sys
import types

import numpy as np
import pytest

from live_seg.config import Config, changed
from live_seg.devices import Device
from live_seg.devices.loopback import Module
from live_seg.errors import SinkError, SinkLost
from live_seg.frame import Frame, Size
from live_seg.sinks import Stream, sinks, virtual_camera
from live_seg.sinks.virtual_camera import VirtualCameraSink

OURS = Device("Live Seg Camera", 9, "/dev/video9", "platform:v4l2loopback-009", "v4l2 loopback", False, True)
OTHER = Device("OBS", 2, "/dev/video2", "platform:v4l2loopback-002", "v4l2 loopback", False, True)


class FakeLibrary(types.ModuleType):
    """pyvirtualcam as far as it is used: counts what is opened and keeps what is sent."""

    def __init__(self):
        super().__init__("pyvirtualcam")
        library = self
        self.PixelFormat = types.SimpleNamespace(BGR="BGR")
        self.opened = []
        self.refusal = None

        class Camera:
            def __init__(self, **options):
                if library.refusal:
                    raise library.refusal
                self.options, self.sent, self.closed, self.failure = options, [], 0, None
                self.device = options["device"] or "OBS Virtual Camera"
                library.opened.append(self)

            def send(self, picture):
                assert not self.closed
                assert picture.shape == (self.options["height"], self.options["width"], 3)
                assert picture.dtype == np.uint8
                if self.failure:
                    raise self.failure
                self.sent.append(picture)

            def close(self):
                self.closed += 1

        self.Camera = Camera


@pytest.fixture
def library(monkeypatch):
    library = FakeLibrary()
    monkeypatch.setitem(sys.modules, "pyvirtualcam", library)
    monkeypatch.setattr(virtual_camera.sys, "platform", "linux")
    monkeypatch.setattr(virtual_camera, "module", lambda: Module(True, True, "0.15.4"))
    return library


def opened(stream_size=(640, 360), fps=30.0, devices=(OURS,), **keys):
    config = Config()
    for key, value in keys.items():
        config = changed(config, f"virtual_camera.{key}", value)
    return VirtualCameraSink(config, Stream(Size(*stream_size), fps, False), devices=lambda: list(devices))


def picture(width, height, value=200):
    image = np.full((height, width, 3), value, np.uint8)
    return image, Frame(image, 0, 0.0)


def test_it_is_registered_and_wants_no_alpha():
    assert sinks.get("virtual_camera") is VirtualCameraSink
    assert VirtualCameraSink.takes_alpha is False and VirtualCameraSink.main_thread is False


def test_it_sends_bgr_at_the_streams_size_and_rate_to_the_labelled_device(library):
    with opened(devices=(OTHER, OURS)) as sink:
        assert sink.name == "Live Seg Camera (/dev/video9)"
        image, frame = picture(640, 360)
        sink.write(image, frame)
    (camera,) = library.opened
    assert camera.options == {"width": 640, "height": 360, "fps": 30.0, "fmt": "BGR", "device": "/dev/video9"}
    assert camera.sent[0] is image  # no copy of ours


def test_a_device_and_a_size_can_be_chosen(library):
    with opened(devices=(OTHER, OURS), device="/dev/video2", size="320x180") as sink:
        assert sink.size == Size(320, 180)
    assert library.opened[0].options["device"] == "/dev/video2"


def test_one_size_and_one_sender_for_life_whatever_comes(library):
    with opened() as sink:
        for width, height in ((640, 360), (480, 640), (1280, 720), (641, 359), (640, 360)):
            sink.write(*picture(width, height))
    (camera,) = library.opened
    assert [sent.shape for sent in camera.sent] == [(360, 640, 3)] * 5


def test_an_upright_picture_is_fitted_in_and_not_stretched(library):
    with opened() as sink:
        sink.write(*picture(180, 360))
    sent = library.opened[0].sent[0]
    assert (sent[:, :200] == 0).all() and (sent[:, 240:400] == 200).all() and (sent[:, 440:] == 0).all()


def test_an_odd_size_is_made_even(library):
    with opened((641, 359)) as sink:
        assert sink.size == Size(640, 358)
        sink.write(*picture(641, 359))


def test_the_library_is_missing_and_the_line_that_installs_it_is_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyvirtualcam", None)
    with pytest.raises(SinkError, match=r"needs pyvirtualcam.*-m pip install pyvirtualcam"):
        opened()


def test_the_library_is_not_imported_before_a_sink_is_made(library):
    import subprocess

    code = "import sys; import live_seg.sinks.virtual_camera; sys.exit('pyvirtualcam' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_device_that_takes_no_second_sender_is_not_opened(library, monkeypatch):
    monkeypatch.setattr(virtual_camera, "module", lambda: Module(True, True, "0.12.7"))
    stuck = Device("Live Seg Camera", 9, "/nonexistent/video9", OURS.bus, OURS.driver, False, False)
    with pytest.raises(SinkError, match="sudo modprobe -r v4l2loopback && sudo modprobe v4l2loopback video_nr=9"):
        opened(devices=(stuck,))
    assert not library.opened


@pytest.mark.parametrize("kind", [RuntimeError, ValueError, OSError])
def test_a_refusal_of_the_library_is_one_line(library, kind):
    library.refusal = kind("'v4l2loopback' backend: Device not found\n'x' backend: no")
    with pytest.raises(SinkError) as error:
        opened()
    assert "\n" not in str(error.value) and "live-seg doctor" in str(error.value)


@pytest.mark.parametrize("system", ["win32", "darwin"])
def test_windows_and_macos_need_obs_and_take_the_first_camera(library, monkeypatch, system):
    monkeypatch.setattr(virtual_camera.sys, "platform", system)
    with opened(devices=()) as sink:
        assert sink.name == "OBS Virtual Camera"
    assert library.opened[0].options["device"] is None
    with opened(devices=(), device="Unity Video Capture") as sink:
        assert sink.name == "Unity Video Capture"
    library.refusal = RuntimeError("'obs' backend: virtual camera not found")
    with pytest.raises(SinkError, match="Install OBS Studio"):
        opened(devices=())


@pytest.mark.parametrize("kind", [RuntimeError, OSError])
def test_a_sender_that_fails_is_lost(library, kind):
    with opened() as sink:
        library.opened[0].failure = kind("device gone")
        with pytest.raises(SinkLost, match=r"Live Seg Camera .* takes no more pictures: device gone"):
            sink.write(*picture(640, 360))


def test_closing_twice_closes_once_and_nothing_is_taken_after(library):
    sink = opened()
    sink.close()
    sink.close()
    assert library.opened[0].closed == 1
    with pytest.raises(SinkLost, match="closed"):
        sink.write(*picture(640, 360))
