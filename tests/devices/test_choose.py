import pytest

from live_seg.devices import Device
from live_seg.devices.choose import choose, find_again
from live_seg.errors import SourceError, UsageError

C920 = Device("HD Pro Webcam C920", 0, "/dev/video0", "usb-1", "uvcvideo")
C920_METADATA = Device("HD Pro Webcam C920", 1, "/dev/video1", "usb-1", "uvcvideo", captures=False)
BUILT_IN = Device("Integrated Camera: Integrated C", 2, "/dev/video2", "usb-2", "uvcvideo")
SECOND_C920 = Device("HD Pro Webcam C920", 4, "/dev/video4", "usb-3", "uvcvideo")
LOOPBACK = Device("Live Seg Camera", 9, "/dev/video9", "platform:v4l2loopback-009", "v4l2 loopback")
FORBIDDEN = Device("video6", 6, "/dev/video6", captures=False, problem="permission denied")
ALL = [C920, C920_METADATA, BUILT_IN, LOOPBACK]


@pytest.mark.parametrize(
    ("address", "device"),
    [
        ("0", C920),
        ("1", C920_METADATA),
        ("/dev/video2", BUILT_IN),
        ("c920", C920),
        ("INTEGRATED", BUILT_IN),
        ("live seg", LOOPBACK),
        ("auto", C920),
    ],
)
def test_an_index_a_path_or_part_of_a_name_in_any_case_chooses(address, device):
    assert choose(address, ALL) is device


def test_a_link_such_as_those_in_dev_v4l_chooses_what_it_leads_to(tmp_path):
    node = tmp_path / "video0"
    node.write_bytes(b"")
    (tmp_path / "by-id").symlink_to(node)
    device = Device("Cam", 0, str(node))
    assert choose(str(tmp_path / "by-id"), [device]) is device


def test_the_whole_name_wins_over_names_that_contain_it():
    cameras = [Device("Camera Pro", 0, "/dev/video0", "a"), Device("Camera", 1, "/dev/video1", "b")]
    assert choose("camera", cameras) is cameras[1]


def test_two_nodes_of_one_camera_are_one_camera():
    cameras = [Device("Cam", 0, "/dev/video0", "usb-1"), Device("Cam", 2, "/dev/video2", "usb-1")]
    assert choose("cam", cameras) is cameras[0]


def test_a_name_of_several_cameras_is_refused_and_names_them():
    with pytest.raises(UsageError, match=r"2 cameras have 'c920'.*\(/dev/video0\), .*\(/dev/video4\)"):
        choose("c920", [*ALL, SECOND_C920])


def test_a_name_with_a_slip_gets_the_nearest():
    with pytest.raises(SourceError, match=r"Did you mean HD Pro Webcam C920 \(/dev/video0\)\?"):
        choose("hd pro webcam c290", ALL)


def test_a_name_that_is_like_none_gets_the_list_without_virtual_cameras():
    with pytest.raises(SourceError, match=r"There are: HD Pro.*Integrated") as error:
        choose("xyz", ALL)
    assert "Live Seg" not in str(error.value)


@pytest.mark.parametrize("address", ["7", "/dev/video7"])
def test_an_absent_camera_lists_what_is_there(address):
    with pytest.raises(SourceError, match=f"there is no camera {address}. There are: HD Pro"):
        choose(address, ALL)


@pytest.mark.parametrize("address", ["0", "auto", "c920", "/dev/video0"])
def test_with_no_camera_at_all_the_demo_is_offered(address):
    with pytest.raises(SourceError, match="live-seg --camera demo"):
        choose(address, [LOOPBACK])


def test_auto_takes_no_virtual_camera_and_prefers_a_camera_that_may_be_opened():
    assert choose("auto", [LOOPBACK, FORBIDDEN, BUILT_IN]) is BUILT_IN
    assert choose("auto", [LOOPBACK, FORBIDDEN]) is FORBIDDEN


def test_a_camera_is_found_again_by_its_name_under_another_number():
    back = Device(C920.name, 3, "/dev/video3", "usb-1", "uvcvideo")
    assert find_again(C920, [BUILT_IN, C920_METADATA, back]) is back


def test_of_two_with_that_name_the_one_at_the_same_plug_is_it():
    assert find_again(SECOND_C920, [C920, SECOND_C920]) is SECOND_C920
    moved = Device(C920.name, 5, "/dev/video5", "usb-7")
    assert find_again(C920, [moved]) is moved


def test_a_camera_that_is_away_is_not_replaced_by_another():
    with pytest.raises(SourceError, match="HD Pro Webcam C920"):
        find_again(C920, [BUILT_IN, C920_METADATA])
