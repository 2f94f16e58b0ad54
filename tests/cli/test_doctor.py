import argparse
import dataclasses
import json
import os
import sys

import pytest

from live_seg.cli import doctor
from live_seg.cli.checks import cameras, files, outputs, system
from live_seg.cli.checks.check import Check, State
from live_seg.devices import Device, Holder, Mode
from live_seg.devices.loopback import Module, load_line, reload_line
from live_seg.errors import EngineError
from live_seg.frame import Size
from live_seg.models import Model

C920 = Device("C920", 0, "/dev/video0", "usb-1", "uvcvideo")
LOOPBACK = Device("Live Seg Camera", 9, "/dev/video9", "platform:v4l2loopback-009", "v4l2 loopback", False, True)
STUCK = dataclasses.replace(LOOPBACK, outputs=False)


def run(capsys, *checks, as_json=False):
    code = doctor.run(argparse.Namespace(json=as_json), [lambda: checks])
    return code, capsys.readouterr().out


def test_a_thing_that_is_merely_absent_is_no_failure(capsys):
    code, text = run(capsys, Check("camera", State.ABSENT, "there is none", "live-seg --camera demo"))
    assert code == 0
    assert text.splitlines()[0].startswith("-    camera")
    assert text.splitlines()[1].strip() == "live-seg --camera demo"
    assert text.endswith("live-seg can run.\n")


def test_a_failure_of_what_is_needed_is_exit_code_1_and_said_at_the_end(capsys):
    code, text = run(capsys, Check("engines", State.FAILED, "none can run", "mend it", needed=True))
    assert code == 1
    assert "live-seg cannot run: engines: none can run." in text


def test_a_failure_of_what_is_not_needed_is_shown_and_does_not_count(capsys):
    code, text = run(capsys, Check("virtual camera", State.FAILED, "it is stuck", "modprobe"))
    assert code == 0 and text.startswith("FAIL virtual camera")


def test_what_a_camera_calls_itself_writes_no_lines_or_colours(capsys):
    _, text = run(capsys, Check("camera", State.OK, "Cam\x1b[31m\nok   camera"))
    assert text.splitlines()[0].endswith("Cam\\x1b[31m\\nok   camera")


def test_json_keys_stay(capsys):
    code, text = run(capsys, Check("camera", State.OK, "C920"), as_json=True)
    assert code == 0
    assert json.loads(text) == {
        "can_run": True,
        "checks": [{"subject": "camera", "state": "ok", "text": "C920", "cure": "", "needed": False}],
    }


def test_a_finding_is_printed_before_the_next_check_begins(capsys):
    seen = []

    def second():
        seen.append(capsys.readouterr().out)
        return []

    doctor.run(argparse.Namespace(json=False), [lambda: [Check("camera", State.OK, "C920")], second])
    assert "C920" in seen[0]


def test_processor_features_are_read(tmp_path):
    (tmp_path / "cpuinfo").write_text("processor : 0\nflags\t: fpu avx2 avx512f avx512_vnni\n")
    _, processor = system.check_system(tmp_path / "cpuinfo")
    assert processor.text.endswith("AVX2, AVX-512, AVX-512 VNNI")
    assert [check.state for check in system.check_system(tmp_path / "missing")] == [State.OK, State.OK]


def cameras_found(*devices, holders=()):
    return list(
        cameras.check_cameras(
            lambda: list(devices), lambda d: [Mode("MJPG", Size(640, 480), (30.0,))], lambda p: holders
        )
    )


def test_a_camera_comes_with_modes_and_who_has_it_open():
    (check,) = cameras_found(C920, LOOPBACK, holders=[Holder(3, "zoom")])
    assert check.state is State.OK
    assert check.text == "C920 (/dev/video0): 640x480 at 30 MJPG; open in zoom (pid 3)"


def test_no_camera_is_absent_and_a_forbidden_one_fails_with_its_line(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert cameras_found(LOOPBACK)[0].state is State.ABSENT
    (check,) = cameras_found(Device("C920", 0, "/dev/video0", captures=False, problem="permission denied"))
    assert check.state is State.FAILED and "usermod -aG" in check.cure


def virtual(devices, state, holders=(), platform="linux"):
    (check,) = cameras.check_virtual_camera(lambda: devices, lambda: state, lambda path: list(holders), platform)
    return check


@pytest.fixture
def with_library(monkeypatch):
    monkeypatch.setattr(cameras.importlib.util, "find_spec", lambda name: name == "pyvirtualcam")


@pytest.mark.usefixtures("with_library")
def test_the_virtual_camera_carries_the_exact_line():
    assert virtual([LOOPBACK], Module(True, True, "0.15.4")).state is State.OK
    absent = virtual([], Module(True, False))
    assert (absent.state, absent.cure) == (State.ABSENT, load_line)
    stuck = virtual([STUCK], Module(True, True, "0.12.7"))
    assert stuck.state is State.FAILED and stuck.cure.startswith(reload_line)
    assert "loaded anew" in virtual([LOOPBACK], Module(True, True, "0.12.7")).text


@pytest.mark.usefixtures("with_library")
def test_a_virtual_camera_that_is_being_sent_to_works():
    sent_to = dataclasses.replace(STUCK, captures=True)
    check = virtual([sent_to], Module(True, True, "0.15.4"), [Holder(5, "live-seg")])
    assert check.state is State.OK
    assert check.text.endswith(": pictures are sent to it; open in live-seg (pid 5)")


@pytest.mark.usefixtures("with_library")
def test_a_camera_that_may_not_be_opened_makes_no_virtual_camera_fail():
    forbidden = Device("C920", 0, "/dev/video0", captures=False, problem="permission denied")
    assert virtual([forbidden], Module(False, False)).state is State.ABSENT
    assert virtual([dataclasses.replace(forbidden, name=LOOPBACK.name)], Module(True, True)).state is State.FAILED


@pytest.mark.usefixtures("with_library")
def test_on_windows_and_macos_obs_is_looked_for():
    assert virtual([Device("OBS Virtual Camera", 1)], Module(False, False), platform="win32").state is State.OK
    absent = virtual([Device("FaceTime", 0)], Module(False, False), platform="darwin")
    assert absent.state is State.ABSENT and "OBS Studio" in absent.cure


def test_a_missing_library_gives_the_pip_line(monkeypatch):
    monkeypatch.setattr(cameras.importlib.util, "find_spec", lambda name: None)
    assert "-m pip install pyvirtualcam" in virtual([LOOPBACK], Module(True, True)).cure


def test_a_bad_configuration_file_fails_with_its_line(tmp_path):
    file = tmp_path / "live.toml"
    assert next(files.check_configuration(file)).state is State.OK
    file.write_text("[blur]\nradius_px = 20\n")
    assert next(files.check_configuration(file)).state is State.OK
    file.write_text("[blur]\nradius = 20\n")
    check = next(files.check_configuration(file))
    assert check.state is State.FAILED and check.needed
    assert "line 2" in check.text and check.cure


def test_model_files_are_compared_with_their_checksums(tmp_path):
    file = tmp_path / "m.onnx"
    file.write_bytes(b"abc")
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    good = Model("good", file, "int8", digest, 3)
    changed = Model("changed", file, "int8", "0" * 64, 3)
    states = {check.subject: check.state for check in files.check_models(lambda: [good, changed])}
    assert states == {"model good": State.OK, "model changed": State.FAILED}


def test_a_missing_or_empty_registry_fails():
    def missing():
        raise EngineError("the model files are missing", "Install live-seg again.")

    assert next(iter(files.check_models(missing))).state is State.FAILED
    assert next(iter(files.check_models(list))).state is State.FAILED


def test_no_screen_is_absent_and_a_screen_is_ok():
    assert next(outputs.check_screen(lambda: "there is no screen")).state is State.ABSENT
    assert next(outputs.check_screen(lambda: "")).state is State.OK


def test_an_opencv_without_windows_fails(monkeypatch):
    import cv2

    monkeypatch.setattr(cv2, "getBuildInformation", lambda: "  GUI:   NONE\n")
    assert next(outputs.check_screen(lambda: "")).state is State.FAILED


def test_an_opencv_whose_libraries_are_missing_is_a_finding_with_their_names_and_live_seg_cannot_run(monkeypatch):
    missing = "libGL.so.1: cannot open shared object file: No such file or directory"

    class Finder:
        def find_spec(self, name, path=None, target=None):
            if name == "cv2":
                raise ImportError(missing)

    monkeypatch.delitem(sys.modules, "cv2")
    monkeypatch.setattr(sys, "meta_path", [Finder(), *sys.meta_path])
    check = next(outputs.check_screen(lambda: ""))
    assert (check.state, check.needed) == (State.FAILED, True)
    assert missing in check.text
    assert "apt-get install libgl1 libglib2.0-0" in check.cure


def test_an_encoder_that_does_not_open_is_a_finding_whatever_class_its_error_is_of(monkeypatch):
    import av

    def cannot(*_, **__):
        raise av.error.ExternalError(1, "Generic error in an external library")

    monkeypatch.setattr(av, "open", cannot)
    assert next(outputs.check_encoder()).state is State.FAILED


def test_a_file_can_be_written_here():
    assert next(outputs.check_encoder()).state is State.OK


def test_every_check_is_in_the_list():
    assert len(doctor.all_checks()) == 8
