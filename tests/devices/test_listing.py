import errno
import sys
import types

from fake_kernel import FakeNode

from live_seg.devices import listing, v4l2
from live_seg.devices.device import Device
from live_seg.devices.listing import list_devices, modes_of, named_devices, node_devices


def test_nodes_come_in_the_order_of_their_numbers_and_other_files_do_not_come(tmp_path):
    for name in ("video10", "video2", "video0", "videodev", "video", "media0"):
        (tmp_path / name).write_bytes(b"")
    found = node_devices(tmp_path, lambda path: v4l2.query(path, FakeNode(name=path.name).ioctl))
    assert [(device.index, device.name) for device in found] == [(0, "video0"), (2, "video2"), (10, "video10")]
    assert found[1].path == str(tmp_path / "video2")
    assert found[1].is_camera and not found[1].is_virtual


def test_a_node_that_may_not_be_opened_is_listed_with_its_problem(tmp_path):
    (tmp_path / "video0").write_bytes(b"")

    def refused(path):
        raise PermissionError(errno.EACCES, "Permission denied")

    (device,) = node_devices(tmp_path, refused)
    assert device.problem == "permission denied"
    assert not device.is_camera


def test_a_node_that_went_away_meanwhile_says_so(tmp_path):
    (tmp_path / "video0").write_bytes(b"")

    def gone(path):
        raise OSError(errno.ENODEV, "No such device")

    assert node_devices(tmp_path, gone)[0].problem == "no such device"


def test_a_loopback_is_virtual_and_no_camera_even_while_it_captures(tmp_path):
    (tmp_path / "video9").write_bytes(b"")
    loopback = FakeNode("Live Seg Camera", "platform:v4l2loopback-009", "v4l2 loopback")
    (device,) = node_devices(tmp_path, lambda path: v4l2.query(path, loopback.ioctl))
    assert device.captures and device.is_virtual and device.is_loopback and not device.is_camera


def test_windows_gives_names_and_numbers_without_microphones_but_with_cameras_that_have_one(monkeypatch):
    import av

    def enumerate_input_devices(system):
        assert system == "dshow"
        return [
            types.SimpleNamespace(name="@0", description="Capture Card", media_types=["audio", "video"]),
            types.SimpleNamespace(name="@1", description="HD Webcam", media_types=["video"]),
            types.SimpleNamespace(name="@2", description="OBS Virtual Camera", media_types=[]),
            types.SimpleNamespace(name="@3", description="Microphone", media_types=["audio"]),
        ]

    monkeypatch.setattr(av, "enumerate_input_devices", enumerate_input_devices)
    found = named_devices()
    assert [(device.index, device.name, device.is_camera) for device in found] == [
        (0, "Capture Card", True),
        (1, "HD Webcam", True),
        (2, "OBS Virtual Camera", False),
    ]
    assert modes_of(found[0]) == []


def test_where_directshow_cannot_name_cameras_few_indices_are_tried_with_it(monkeypatch):
    import av
    import cv2

    tried = []

    class Capture:
        def __init__(self, index, backend):
            assert backend == cv2.CAP_DSHOW  # another interface would take seconds for each
            tried.append(index)

        def isOpened(self):  # noqa: N802
            return tried[-1] == 1

        def release(self):
            pass

    def cannot(system):
        raise av.error.UndefinedError(-1, "none found")

    monkeypatch.setattr(av, "enumerate_input_devices", cannot)
    monkeypatch.setattr(cv2, "VideoCapture", Capture)
    assert [device.index for device in named_devices()] == [1]
    assert len(tried) <= 4


def test_macos_numbers_cameras_as_opencv_does_by_their_unique_ids(monkeypatch):
    made = {
        "video": [("FaceTime HD Camera", "6C70"), ("Logitech C920", "0x1000"), ("OBS Virtual Camera", "7626")],
        "muxed": [("DV Camera", "0x0500")],
    }

    def listed(kind):
        return [
            types.SimpleNamespace(localizedName=lambda name=name: name, uniqueID=lambda unique=unique: unique)
            for name, unique in made[kind]
        ]

    library = types.ModuleType("AVFoundation")
    library.AVMediaTypeVideo, library.AVMediaTypeMuxed = "video", "muxed"
    library.AVCaptureDevice = types.SimpleNamespace(devicesWithMediaType_=listed)
    monkeypatch.setitem(sys.modules, "AVFoundation", library)
    monkeypatch.setattr(sys, "platform", "darwin")
    assert [(device.index, device.name, device.is_camera) for device in list_devices()] == [
        (0, "DV Camera", True),
        (1, "Logitech C920", True),
        (2, "FaceTime HD Camera", True),
        (3, "OBS Virtual Camera", False),
    ]


def test_windows_is_asked_by_its_own_interface(monkeypatch):
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(listing, "named_devices", lambda: [Device("dshow", 0)])
    assert list_devices()[0].name == "dshow"


def test_a_camera_that_cannot_be_opened_has_no_modes(tmp_path):
    assert modes_of(Device("gone", 0, str(tmp_path / "video0"))) == []
