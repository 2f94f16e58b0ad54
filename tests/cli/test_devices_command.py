import argparse
import json
import os

import pytest

from live_seg.cli import devices as command
from live_seg.devices import Device, Holder, Mode
from live_seg.frame import Size

C920 = Device("HD Pro Webcam C920", 0, "/dev/video0", "usb-1", "uvcvideo")
METADATA = Device("HD Pro Webcam C920", 1, "/dev/video1", "usb-1", "uvcvideo", captures=False)
LOOPBACK = Device("Live Seg Camera", 9, "/dev/video9", "platform:v4l2loopback-009", "v4l2 loopback", False, True)
MODES = [
    Mode("YUYV", Size(640, 480), (30.0, 15.0)),
    Mode("YUYV", Size(1280, 720), (10.0,)),
    Mode("MJPG", Size(1280, 720), (30.0,)),
    Mode("MJPG", Size(3840, 2160), (5.0,)),
]


def output(capsys, *found, as_json=False, holders=()):
    code = command.run(
        argparse.Namespace(json=as_json),
        devices=lambda: list(found),
        modes=lambda device: MODES,
        who=lambda path: list(holders),
    )
    assert code == 0
    text = capsys.readouterr().out
    return json.loads(text) if as_json else text


def test_each_camera_comes_with_what_to_type(capsys):
    text = output(capsys, C920, METADATA, LOOPBACK)
    assert "HD Pro Webcam C920 (/dev/video0)" in text
    assert 'live-seg --camera "HD Pro Webcam C920"' in text
    assert "live-seg --virtual-camera\n" in text
    assert "/dev/video1" not in text


def test_of_each_size_the_best_mode_is_shown_and_usable_rates_come_first(capsys):
    assert "1280x720 at 30 MJPG, 640x480 at 30 YUYV, 3840x2160 at 5 MJPG\n" in output(capsys, C920)


def test_two_cameras_of_one_name_are_chosen_by_path(capsys):
    twin = Device(C920.name, 4, "/dev/video4", "usb-3", "uvcvideo")
    text = output(capsys, C920, twin)
    assert 'live-seg --camera "/dev/video0"' in text and 'live-seg --camera "/dev/video4"' in text


def test_a_name_within_another_is_chosen_by_path(capsys):
    text = output(capsys, Device("Camera", 0, "/dev/video0", "a"), Device("Camera Pro", 2, "/dev/video2", "b"))
    assert 'live-seg --camera "/dev/video0"' in text and 'live-seg --camera "Camera Pro"' in text


def test_without_names_the_index_is_typed(capsys):
    cameras = [Device("USB Camera", 0), Device("USB Camera", 1)]
    assert 'live-seg --camera "1"' in output(capsys, *cameras)


@pytest.mark.parametrize("name", ['Cam" & reboot "', "Cam $(reboot)", "Cam `reboot`", "%PATH%", "Cam/IR", "-x"])
def test_a_name_that_a_shell_or_we_would_read_as_more_is_not_typed(capsys, name):
    text = output(capsys, Device(name, 0, "/dev/video0", "usb-1", "uvcvideo"))
    assert text.splitlines()[3].strip() == 'live-seg --camera "/dev/video0"'


def test_what_a_device_or_a_program_calls_itself_writes_no_lines_or_colours(capsys):
    camera = Device("Cam\x1b[31m", 0, "/dev/video0", "usb-1", "uvcvideo")
    text = output(capsys, camera, holders=[Holder(7, "a\nCameras\n  all is well")])
    assert "Cam\\x1b[31m (/dev/video0)  open in a\\nCameras\\n  all is well (pid 7)\n" in text
    assert "\x1b" not in text


def test_who_has_it_open_is_named(capsys):
    assert "open in zoom (pid 4211)" in output(capsys, C920, holders=[Holder(4211, "zoom")])


def test_nothing_is_one_line_each_with_what_to_do(capsys):
    lines = output(capsys).splitlines()
    assert lines[0] == "There is no camera. Without one: live-seg --camera demo"
    assert "live-seg doctor" in lines[2]


def test_a_forbidden_node_is_not_hidden(capsys, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    text = output(capsys, Device("C920", 0, "/dev/video0", captures=False, problem="permission denied"))
    assert "you may not open C920 (/dev/video0). Run `sudo usermod" in text


def test_a_second_virtual_camera_is_typed_by_its_path(capsys):
    other = Device("OBS", 2, "/dev/video2", LOOPBACK.bus, LOOPBACK.driver, False, True)
    assert 'live-seg --virtual-camera "/dev/video2"' in output(capsys, LOOPBACK, other)


def test_json_has_everything_under_keys_that_stay(capsys):
    values = output(capsys, C920, METADATA, LOOPBACK, as_json=True, holders=[Holder(1, "zoom")])
    assert list(values) == ["cameras", "virtual_cameras", "others"]
    assert [len(values[key]) for key in values] == [1, 1, 1]
    camera = values["cameras"][0]
    assert list(camera) == [
        "name", "index", "path", "bus", "driver", "captures", "outputs", "problem", "open_in", "modes", "type",
    ]  # fmt: skip
    assert camera["open_in"] == [{"pid": 1, "name": "zoom"}]
    assert camera["modes"][0] == {"fourcc": "YUYV", "width": 640, "height": 480, "fps": [30.0, 15.0]}


@pytest.mark.parametrize("words", [["devices"], ["devices", "--json"]])
def test_it_runs_on_this_machine(capsys, words):
    from live_seg.cli.main import main

    assert main(words) == 0
    assert capsys.readouterr().out
