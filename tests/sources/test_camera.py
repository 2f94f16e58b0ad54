import pytest
from fake_capture import FakeCapture

from live_seg.config import Config, changed
from live_seg.devices import Device
from live_seg.errors import SourceError, SourceLost
from live_seg.frame import Size
from live_seg.sources import sources
from live_seg.sources.camera import CameraSource

C920 = Device("C920", 0, "", "usb-1", "uvcvideo")  # without a path: no test depends on this machine's nodes
OURS = Device("Live Seg Camera", 9, "/dev/video9", "platform:v4l2loopback-009", "v4l2 loopback")
LONG_S = 30.0


class Bench:
    """Opens `CameraSource`s on fake captures and closes them at the end."""

    def __init__(self):
        self.devices = [C920]
        self.captures = []
        self.opened = []
        self.sources = []

    def open(self, address="0", config=None, capture=None, **options):
        def open_(device, size, fps):
            self.opened.append((device, size, fps))
            self.captures.append(FakeCapture() if capture is None else capture)
            if capture is None:
                self.captures[-1].give(1)
            return self.captures[-1] or None

        source = CameraSource(
            address, config or Config(), lambda: 5.0, devices=lambda: self.devices, open_=open_, **options
        )
        self.sources.append(source)
        return source

    def close(self):
        for capture in self.captures:
            if capture:
                capture.pull()
        for source in self.sources:
            source.close()


@pytest.fixture
def bench():
    bench = Bench()
    yield bench
    bench.close()


def test_it_is_registered_as_camera():
    assert sources.get("camera") is CameraSource


def test_it_is_asked_for_the_configured_size_and_rate(bench):
    config = changed(changed(Config(), "source.size", "800x600"), "source.fps", 15.0)
    bench.open("c920", config)
    assert bench.opened == [(C920, Size(800, 600), 15.0)]


def test_size_rate_and_format_are_those_that_it_really_gives(bench):
    source = bench.open()
    assert (source.size, source.fps, source.format, source.live) == (Size(640, 480), 30.0, "YUYV", True)
    assert source.notes == ["asked for 1280x720 at 30, the camera gives 640x480 at 30 YUYV"]
    assert source.name == "C920 (camera 0)"


def test_the_size_is_that_of_the_first_picture_whatever_the_driver_says(bench):
    import numpy as np

    capture = FakeCapture(size=(640, 480))
    capture.give(image=np.zeros((478, 638, 3), np.uint8))
    assert bench.open(capture=capture).size == Size(638, 478)


def test_frames_are_counted_and_timed_by_the_clock_and_the_first_is_not_lost(bench):
    source = bench.open()
    first = source.read(LONG_S)
    bench.captures[0].give(2)
    second = source.read(LONG_S)
    assert (first.index, second.index) == (0, 1)
    assert first.time == 5.0
    assert first.image[0, 0, 0] == 1 and second.image[0, 0, 0] == 2
    assert first.size == source.size


def test_silence_is_a_loss_after_the_time_out(bench):
    source = bench.open()
    source.read(LONG_S)
    with pytest.raises(SourceLost, match=r"C920 .* gave no picture for 0 s"):
        source.read(0)


def test_a_pulled_cable_is_a_loss_at_once(bench):
    bench.devices = [Device("C920", 0, "/nonexistent/video0", "usb-1")]
    source = bench.open()
    source.read(LONG_S)
    bench.captures[0].pull()
    with pytest.raises(SourceLost, match="is gone"):
        source.read(LONG_S)


def test_a_camera_that_gives_no_first_picture_is_an_error_and_not_kept_open(bench):
    capture = FakeCapture()
    capture.fail(100)
    with pytest.raises(SourceError, match="was opened and gives no picture"):
        bench.open(capture=capture, first_picture_s=LONG_S)
    assert capture.released.wait(LONG_S)


def test_closing_releases_the_camera(bench):
    with bench.open() as source:
        bench.captures[0].pull()
    assert bench.captures[0].released.wait(LONG_S)
    source.close()


def test_a_camera_that_cannot_be_opened_says_why(bench, monkeypatch):
    from live_seg.devices import Holder
    from live_seg.sources import camera

    real = camera.not_opened
    monkeypatch.setattr(camera, "not_opened", lambda device: real(device, lambda path: [Holder(4211, "zoom")]))
    with pytest.raises(SourceError, match=r"in use by zoom \(pid 4211\)"):
        bench.open(capture=False)


def test_an_absent_camera_is_not_opened(bench):
    with pytest.raises(SourceError, match="there is no camera 3"):
        bench.open("3")
    assert not bench.opened


def test_a_metadata_node_is_not_opened(bench):
    bench.devices.append(Device("C920", 1, "/dev/video1", "usb-1", captures=False))
    with pytest.raises(SourceError, match="gives no pictures"):
        bench.open("1")
    assert not bench.opened


@pytest.mark.parametrize("address", ["9", "/dev/video9", "live seg"])
def test_our_own_virtual_camera_would_feed_itself(bench, address):
    bench.devices.append(OURS)
    with pytest.raises(SourceError, match="would feed itself"):
        bench.open(address)
    assert not bench.opened


def test_the_configured_virtual_camera_would_feed_itself_under_any_label(bench):
    bench.devices.append(Device("Dummy", 5, "/dev/video5", driver="v4l2 loopback"))
    config = changed(Config(), "virtual_camera.device", "/dev/video5")
    with pytest.raises(SourceError, match="would feed itself"):
        bench.open("5", config)


def test_another_programs_virtual_camera_is_a_camera(bench):
    bench.devices.append(Device("DroidCam", 5, "", driver="v4l2 loopback"))
    assert bench.open("droidcam").device.name == "DroidCam"


def test_obs_virtual_camera_is_refused_only_while_it_is_sent_to(bench):
    bench.devices.append(Device("OBS Virtual Camera", 1))
    assert bench.open("1").device.name == "OBS Virtual Camera"
    with pytest.raises(SourceError, match="would feed itself"):
        bench.open("1", changed(Config(), "virtual_camera.show", True))


def test_it_is_opened_again_by_its_name_under_another_number(bench):
    source = bench.open("0")
    bench.captures[0].pull()
    source.close()
    bench.devices = [Device("Other", 0), Device("C920", 4, "", "usb-1")]
    again = source.again()
    bench.sources.append(again)
    assert again.device.index == 4
    assert again.read(LONG_S).index == 0


def test_while_it_is_away_opening_it_again_is_an_error(bench):
    source = bench.open("0")
    bench.devices = [Device("Other", 0)]
    with pytest.raises(SourceError, match="C920"):
        source.again()
