import os

import pytest

from live_seg.devices import Device, Holder, loopback
from live_seg.devices.loopback import Module, choose_output, install_lines, load_line, module, reload_line
from live_seg.errors import SinkError

OLD = Module(installed=True, loaded=True, version="0.12.7")
NEW = Module(installed=True, loaded=True, version="0.15.4")
BUS, DRIVER = "platform:v4l2loopback-009", "v4l2 loopback"
OURS = Device("Live Seg Camera", 9, "/dev/video9", BUS, DRIVER, captures=False, outputs=True)
OTHER = Device("OBS", 2, "/dev/video2", BUS, DRIVER, captures=False, outputs=True)
STUCK = Device("Live Seg Camera", 9, "/dev/video9", BUS, DRIVER, captures=False, outputs=False)
SENT_TO = Device("Live Seg Camera", 9, "/dev/video9", BUS, DRIVER, captures=True, outputs=False)
WEBCAM = Device("C920", 0, "/dev/video0", "usb-1", "uvcvideo")


def nobody(path):
    return []


def test_the_device_with_our_label_is_preferred():
    assert choose_output("", [WEBCAM, OTHER, OURS], NEW, nobody) is OURS


def test_a_free_device_is_preferred_to_ours_when_ours_is_not_free():
    assert choose_output("", [OTHER, STUCK], NEW, nobody) is OTHER


@pytest.mark.parametrize("wanted", ["/dev/video2", "obs"])
def test_a_device_is_chosen_by_path_or_label(wanted):
    assert choose_output(wanted, [OTHER, OURS], NEW, nobody) is OTHER


@pytest.mark.parametrize(
    ("state", "line"),
    [
        (Module(installed=False, loaded=False), install_lines["apt"]),
        (Module(installed=True, loaded=False), load_line),
        (NEW, reload_line),
    ],
)
def test_without_a_device_the_exact_line_that_makes_one_is_given(monkeypatch, state, line):
    monkeypatch.setattr(loopback.shutil, "which", lambda program: program == "apt")
    with pytest.raises(SinkError) as error:
        choose_output("", [WEBCAM], state, nobody)
    assert error.value.cure == f"Run: {line}"


@pytest.mark.parametrize("program", ["dnf", "pacman"])
def test_a_system_without_apt_is_not_told_to_use_it(monkeypatch, program):
    monkeypatch.setattr(loopback.shutil, "which", lambda name: name == program)
    assert loopback.how_to_load(Module(installed=False, loaded=False)).startswith(f"sudo {program} ")


def test_the_lines_are_what_a_user_types():
    assert reload_line == (
        "sudo modprobe -r v4l2loopback && "
        'sudo modprobe v4l2loopback video_nr=9 card_label="Live Seg Camera" exclusive_caps=1'
    )


def test_the_second_start_on_an_old_module_gives_the_lines_to_load_it_anew():
    with pytest.raises(SinkError) as error:
        choose_output("", [STUCK], OLD, nobody)
    assert "v4l2loopback 0.12.7 takes none from a second program" in error.value.what
    assert error.value.cure.startswith(f"Run: {reload_line}")


def test_readers_that_must_be_closed_before_are_named():
    with pytest.raises(SinkError, match=r"Close what has it open: firefox \(pid 5\). Then run: sudo modprobe -r"):
        choose_output("", [STUCK], OLD, lambda path: [Holder(5, "firefox")])


def test_on_a_new_module_another_sender_is_the_reason():
    with pytest.raises(SinkError, match=r"another program sends to .*; open in obs \(pid 5\)"):
        choose_output("", [SENT_TO], NEW, lambda path: [Holder(5, "obs")])


def test_a_new_module_whose_sender_is_another_users_need_not_be_loaded_anew():
    with pytest.raises(SinkError) as error:
        choose_output("", [SENT_TO], NEW, nobody)
    assert error.value.what.endswith(", perhaps another user's")
    assert error.value.cure == "Close it."


def test_a_real_camera_cannot_be_sent_to():
    with pytest.raises(SinkError, match="is a camera"):
        choose_output("/dev/video0", [WEBCAM, OURS], NEW, nobody)


def test_a_device_that_is_not_there_names_those_that_are():
    with pytest.raises(SinkError, match=r"Did you mean /dev/video9\?"):
        choose_output("/dev/video8", [OURS], NEW, nobody)
    with pytest.raises(SinkError, match="There are: Live Seg Camera"):
        choose_output("zzzzz", [OURS], NEW, nobody)
    with pytest.raises(SinkError, match="sudo modprobe v4l2loopback"):
        choose_output("/dev/video8", [], Module(True, False), nobody)


def test_a_device_that_may_not_be_opened_gives_the_line_that_allows_it(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    closed = Device("Live Seg Camera", 9, "/dev/video9", captures=False, problem="permission denied")
    with pytest.raises(SinkError, match="usermod -aG"):
        choose_output("", [closed], NEW, nobody)


def test_the_module_is_read_from_sys_and_the_kernels_folder(tmp_path):
    system, modules = tmp_path / "sys", tmp_path / "modules"
    modules.mkdir()
    assert module(system, modules) == Module(False, False)
    (modules / "modules.dep").write_text("updates/dkms/v4l2loopback.ko.xz: kernel/videodev.ko\n")
    assert module(system, modules) == Module(True, False)
    (system / "module" / "v4l2loopback").mkdir(parents=True)
    (system / "module" / "v4l2loopback" / "version").write_text("0.12.7\n")
    assert module(system, modules) == Module(True, True, "0.12.7")


@pytest.mark.parametrize(
    ("version", "needed"),
    [("", True), ("0.12.7", True), ("0.13.2-5-gabc", True), ("0.14.0", True), ("0.15.4", False), ("1.0", False)],
)
def test_versions_before_0_15_need_reloading(version, needed):
    assert Module(True, True, version).needs_reloading is needed
