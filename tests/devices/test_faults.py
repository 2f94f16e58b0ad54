import os

import pytest

from live_seg.devices import Device, Holder, faults
from live_seg.errors import SourceError

CAMERA = Device("C920", 0, "/dev/video0", "usb-1", "uvcvideo")


@pytest.fixture(autouse=True)
def on_linux(monkeypatch):
    monkeypatch.setattr(faults.sys, "platform", "linux")


def test_a_camera_passes():
    faults.check_capturing(CAMERA)


def test_a_forbidden_camera_gives_the_line_that_allows_it():
    device = Device("C920", 0, "/dev/video0", captures=False, problem="permission denied")
    with pytest.raises(SourceError, match=r"you may not open C920 .*Run `sudo usermod -aG \w+ \w+`, then log out"):
        faults.check_capturing(device)


def test_the_group_is_that_of_the_node_and_the_user_is_this_one(tmp_path, monkeypatch):
    import grp
    import pwd

    node = tmp_path / "video0"
    node.write_bytes(b"")
    user = pwd.getpwuid(os.getuid()).pw_name
    group = type("Group", (), {"gr_name": "cameras", "gr_mem": []})
    monkeypatch.setattr(grp, "getgrgid", lambda gid: group)
    assert faults.how_to_be_allowed(str(node)) == f"Run `sudo usermod -aG cameras {user}`, then log out and in again."
    group.gr_mem = [user]
    assert "since your last login: log out and in again" in faults.how_to_be_allowed(str(node))


def test_a_user_without_a_name_is_told_what_to_do_in_a_container(monkeypatch):
    import pwd

    def nobody(number):
        raise KeyError("uid not found")

    monkeypatch.setattr(pwd, "getpwuid", nobody)
    assert "`--group-add $(stat -c %g /dev/video0)`" in faults.how_to_be_allowed("/dev/video0")


def test_a_metadata_node_gives_no_pictures():
    with pytest.raises(SourceError, match=r"second node.*live-seg devices"):
        faults.check_capturing(Device("C920", 1, "/dev/video1", captures=False))


def test_a_virtual_camera_without_a_sender_is_said_to_be_one():
    idle = Device("Other", 9, "/dev/video9", driver="v4l2 loopback", captures=False, outputs=True)
    with pytest.raises(SourceError, match="nothing is sent to"):
        faults.check_capturing(idle)


def test_a_busy_camera_names_the_program_and_its_pid():
    error = faults.not_opened(CAMERA, lambda path: [Holder(4211, "zoom")])
    assert str(error) == (
        "C920 (/dev/video0) is in use by zoom (pid 4211). Close zoom, or choose another camera: `live-seg devices`."
    )


def test_our_own_process_is_not_named():
    error = faults.not_opened(CAMERA, lambda path: [Holder(os.getpid(), "live-seg")])
    assert "in use" not in str(error)


@pytest.mark.parametrize(("system", "place"), [("win32", "Privacy & security"), ("darwin", "System Settings")])
def test_windows_and_macos_name_their_settings(monkeypatch, system, place):
    monkeypatch.setattr(faults.sys, "platform", system)
    assert place in str(faults.not_opened(CAMERA))
