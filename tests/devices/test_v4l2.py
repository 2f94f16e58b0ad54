import errno
import os

import pytest
from fake_kernel import FakeNode

from live_seg.devices import v4l2
from live_seg.frame import Size


@pytest.fixture
def node(tmp_path):
    file = tmp_path / "video0"
    file.write_bytes(b"")
    return file


def test_a_node_tells_its_name_bus_and_driver(node):
    answer = v4l2.query(node, FakeNode().ioctl)
    assert (answer.name, answer.bus, answer.driver) == ("Test Camera", "usb-0000:00:14.0-1", "uvcvideo")
    assert answer.captures and not answer.outputs


def test_the_second_node_of_a_webcam_does_not_capture_though_the_whole_device_does(node):
    metadata = FakeNode(caps=0x00800000, whole_caps=0x00800000 | v4l2.video_capture)
    assert not v4l2.query(node, metadata.ioctl).captures


def test_a_name_that_is_not_utf8_is_read_as_far_as_it_goes(node):
    class Odd(FakeNode):
        def ioctl(self, handle, request, answer):
            super().ioctl(handle, request, answer)
            answer.card = b"Kam\xe9ra"

    assert v4l2.query(node, Odd().ioctl).name == "Kam�ra"


def test_modes_are_all_formats_sizes_and_rates_the_highest_rate_first(node):
    camera = FakeNode(
        formats={
            "YUYV": {(640, 480): [(1, 30)], (1280, 720): [(1, 10)]},
            "MJPG": {(1280, 720): [(1, 15), (1, 30), (1001, 30000)]},
        }
    )
    modes = v4l2.modes(node, camera.ioctl)
    assert [str(mode) for mode in modes] == ["640x480 at 30 YUYV", "1280x720 at 10 YUYV", "1280x720 at 30 MJPG"]
    assert modes[2].fps == (30.0, 29.97, 15.0)


def test_a_camera_that_takes_any_size_in_a_range_gives_the_largest(node):
    camera = FakeNode(formats={"RG10": {(16, 3280, 2, 16, 2464, 2): [(1, 21)]}})
    assert [(mode.size, mode.fps) for mode in v4l2.modes(node, camera.ioctl)] == [(Size(3280, 2464), (21.0,))]


def test_a_driver_that_tells_no_rates_still_gives_sizes(node):
    assert [mode.fps for mode in v4l2.modes(node, FakeNode(formats={"YUYV": {(64, 48): []}}).ioctl)] == [()]


def test_a_list_that_never_ends_ends(node):
    class Endless(FakeNode):
        def _at(self, items, index):
            return items[0]

    camera = Endless(formats={"YUYV": {(640, 480): [(1, 30)]}})
    calls = 0

    def counted(handle, request, answer):
        nonlocal calls
        calls += 1
        if isinstance(answer, v4l2.FormatDescription) and answer.index > 0:
            raise OSError(errno.EINVAL, "end")
        camera.ioctl(handle, request, answer)

    v4l2.modes(node, counted)
    assert calls < 100_000


def test_no_file_is_left_open(node):
    opened = os.dup(0)
    os.close(opened)
    v4l2.modes(node, FakeNode(formats={"YUYV": {(64, 48): []}}).ioctl)
    v4l2.query(node, FakeNode().ioctl)
    lowest_free = os.dup(0)
    os.close(lowest_free)
    assert lowest_free == opened


def test_a_plain_file_is_no_video_device(node):
    with pytest.raises(OSError):
        v4l2.query(node)
