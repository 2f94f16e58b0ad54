import os
import types

import pytest

from live_seg.devices import Device, Holder, faults
from live_seg.errors import SourceError

CAMERA = Device("C920", 0, "/dev/video0", "usb-1", "uvcvideo")


@pytest.fixture(autouse=True)
def on_linux(monkeypatch):
    monkeypatch.setattr(faults.sys, "platform", "linux")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)


@pytest.fixture
def belongs_to(monkeypatch):
    """Sets the mode and the group of every node; nobody knows the name of a group that is None."""
    import grp

    def belongs_to(mode, number, group):
        def known(number):
            if group is None:
                raise KeyError(number)
            return group

        monkeypatch.setattr(faults.Path, "stat", lambda path: os.stat_result((mode, 0, 0, 1, 0, number, 0, 0, 0, 0)))
        monkeypatch.setattr(grp, "getgrgid", known)

    return belongs_to


@pytest.fixture
def user():
    import pwd

    return pwd.getpwuid(os.getuid()).pw_name


def test_a_camera_passes():
    faults.check_capturing(CAMERA)


def test_a_forbidden_camera_gives_the_line_that_allows_it():
    device = Device("C920", 0, "/dev/video0", captures=False, problem="permission denied")
    with pytest.raises(SourceError, match=r"you may not open C920 .*Run `sudo usermod -aG \w+ \w+`, then log out"):
        faults.check_capturing(device)


def test_the_group_is_that_of_the_node_and_the_user_is_this_one(belongs_to, user):
    group = types.SimpleNamespace(gr_name="cameras", gr_mem=[])
    belongs_to(0o20660, 44, group)
    allowed = faults.how_to_be_allowed("/dev/video0")
    assert allowed == f"Run `sudo usermod -aG cameras {user}`, then log out and in again."
    group.gr_mem.append(user)
    assert "since your last login: log out and in again" in faults.how_to_be_allowed("/dev/video0")


@pytest.mark.parametrize(
    ("mode", "number", "name"), [(0o20600, 0, "root"), (0o20660, 0, "root"), (0o20600, 44, "video")]
)
def test_nobody_is_sent_into_roots_group_nor_into_one_that_may_not_open_it(belongs_to, user, mode, number, name):
    belongs_to(mode, number, types.SimpleNamespace(gr_name=name, gr_mem=[user]))
    allowed = faults.how_to_be_allowed("/dev/video0")
    assert allowed == f"Run `sudo chown {user} /dev/video0`, each time that the camera was plugged in."


def test_a_group_without_a_name_is_given_to_the_container(belongs_to):
    belongs_to(0o20660, 985, None)
    assert "`--group-add $(stat -c %g /dev/video0)`" in faults.how_to_be_allowed("/dev/video0")


def test_root_is_kept_out_by_a_container_only(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert faults.how_to_be_allowed("/dev/video0") == "Give the container the device: `--device /dev/video0`."


def test_a_driver_that_lets_one_program_open_it_at_a_time_is_busy_and_not_broken(monkeypatch):
    monkeypatch.setattr(faults, "not_opened", lambda device: SourceError(f"{device} is in use by zoom (pid 4211)"))
    with pytest.raises(SourceError, match="in use by zoom"):
        faults.check_capturing(Device("C920", 0, "/dev/video0", captures=False, problem="device or resource busy"))


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
