"""The command: exit codes, one line an error, nothing imported that is not needed."""

from __future__ import annotations

import errno
import io
import os
import signal
import subprocess
import sys
from pathlib import Path

import av
import cv2
import pytest
from made_clips import make_clip

from live_seg.cli import live
from live_seg.cli.main import commands, main
from live_seg.config import Config, build
from live_seg.errors import EngineError, LiveSegError, SinkError, SourceError, SourceLost, UsageError
from live_seg.live.pipeline import Look
from live_seg.live.session import Session

QUICK = ["--no-window", "--engine", "fixed", "--frames", "3", "--size", "320x180"]


def run_live_seg(*words: str, **options: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "live_seg", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, **options)  # type: ignore[call-overload, no-any-return]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["devicess"], "there is no command 'devicess'. Did you mean devices?"),
        (["docter"], "Did you mean doctor?"),
        (["xyzzy"], "There are: "),
        (["clip.mp4"], "Did you mean --camera clip.mp4?"),
        (["0"], "Did you mean --camera 0?"),
        (["--camra", "0"], "Did you mean --camera"),
        (["devices", "--jsn"], "Did you mean --json?"),
        (["--blurr"], "Did you mean --blur?"),
        (["--set", "gate.refresh=5"], "Did you mean gate.refresh_ms?"),
        (["devices", "all"], "live-seg devices --help lists the options."),
    ],
)
def test_a_mistyped_command_or_option_names_the_nearest(
    capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    assert main(words) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.startswith("live-seg: ")
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (LiveSegError("it went wrong"), 1),
        (UsageError("it went wrong"), 2),
        (SourceError("it went wrong"), 3),
        (SourceLost("it went wrong"), 3),
        (EngineError("it went wrong"), 4),
        (SinkError("it went wrong"), 5),
        (KeyboardInterrupt(), 130),
        (RuntimeError("it went wrong"), 1),
    ],
    ids=lambda item: type(item).__name__ if isinstance(item, BaseException) else str(item),
)
def test_each_error_has_its_exit_code_and_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int
) -> None:
    def fail(options: object) -> int:
        raise error

    monkeypatch.setattr(live, "run", fail)
    assert main([]) == code
    printed = capsys.readouterr().err
    assert printed.startswith("live-seg: ")
    assert printed.count("\n") == 1
    with pytest.raises(type(error)):
        main(["--debug"])


@pytest.mark.parametrize("words", [["--camera"], ["--camera", "synthetic", "--output"]], ids=" ".join)
def test_names_cannot_write_lines_or_colours_onto_the_terminal(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a\x1b[31mb\nlive-seg: all is well.mp4"
    if words == ["--camera"]:
        file.write_bytes(b"no video")
    main([*words, str(file), *QUICK])
    error = capsys.readouterr().err
    assert "a\\x1b[31mb\\nlive-seg: all is well.mp4" in error
    assert "\x1b" not in error
    assert "\nlive-seg: all is well" not in error


def test_a_defect_of_ours_says_how_to_see_more(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "run", lambda options: 1 // 0)
    assert main([]) == 1
    assert "ZeroDivisionError" in (printed := capsys.readouterr().err)
    assert "run again with --debug" in printed


def test_libraries_of_windows_that_are_missing_are_no_defect_of_ours(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(options: object) -> int:
        raise ImportError("DLL load failed while importing cv2: The specified module could not be found.")

    monkeypatch.setattr(live, "run", run)
    assert main([]) == 1
    printed = capsys.readouterr().err
    assert "importing cv2" in printed and "Visual C++ Redistributable" in printed
    assert "defect" not in printed


def test_libraries_of_linux_that_are_missing_are_named_with_the_line_that_brings_them(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(options: object) -> int:
        raise ImportError("libGL.so.1: cannot open shared object file: No such file or directory")

    monkeypatch.setattr(live, "run", run)
    assert main([]) == 1
    printed = capsys.readouterr().err
    assert "libGL.so.1" in printed and "sudo apt-get install libgl1 libglib2.0-0" in printed
    assert "defect" not in printed


@pytest.mark.parametrize("words", [["--version"], ["-V"], ["--no-window", "--version"], ["doctor", "--version"]])
def test_version_is_printed_wherever_it_stands(capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    assert main(words) == 0
    assert capsys.readouterr().out.startswith("live-seg 0.")


def test_help_names_every_option_and_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--help"])
    assert end.value.code == 0
    text = capsys.readouterr().out
    assert all(f"  {name} " in text for name in commands())
    assert "--virtual-camera" in text


@pytest.mark.parametrize("name", commands())
def test_every_command_has_help(capsys: pytest.CaptureFixture[str], name: str) -> None:
    with pytest.raises(SystemExit) as end:
        main([name, "--help"])
    assert end.value.code == 0
    assert f"live-seg {name}" in capsys.readouterr().out


def test_the_app_runs_without_window_or_model(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--camera", "synthetic", "--blur", *QUICK]) == 0
    printed = capsys.readouterr()
    assert "no network (fixed)" in printed.err
    assert "null: 3 pictures" in printed.err
    assert not printed.out


def test_a_file_that_is_saved_while_the_app_starts_is_a_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "live.toml"
    file.write_text("[blur]\nradius_px = 10\n")
    seen: list[Config | None] = []
    opened, run = Session.open, Session.run

    def open_and_save(session: Session) -> None:
        opened(session)
        file.write_text("[blur]\nradius_px = 150\n")

    def run_and_look(session: Session, look: Look) -> None:
        seen.append(look(build({"blur": {"radius_px": 10}})))
        run(session, look)

    monkeypatch.setattr(Session, "open", open_and_save)
    monkeypatch.setattr(Session, "run", run_and_look)
    assert main(["--camera", "synthetic", "--config", str(file), *QUICK]) == 0
    assert seen == [build({"blur": {"radius_px": 150}})]


CONTENTS = {"missing": None, "empty": b"", "text": b"this is a text\n" * 99}


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
@pytest.mark.parametrize("name", ["clip.mp4", "photo.jpg", "clip.mkv", "no_suffix"])
def test_an_input_that_cannot_be_used_is_one_line_and_leaves_no_output(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], name: str, content: bytes | None
) -> None:
    camera, output = tmp_path / name, tmp_path / "out" / "out.mp4"
    output.parent.mkdir()
    if content is not None:
        camera.write_bytes(content)
    assert main(["--camera", str(camera), "--blur", "--output", str(output), *QUICK]) == 2
    error = capfd.readouterr().err
    assert str(camera) in error
    assert all(line.startswith("live-seg: ") for line in error.splitlines())
    assert not list(output.parent.iterdir())


@pytest.mark.parametrize("camera", ["clip.mp4", "~/clip.mp4", "video:clip.mp4"])
@pytest.mark.parametrize("output", ["clip.mp4", "~/clip.mp4"])
def test_what_is_read_is_not_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], camera: str, output: str
) -> None:
    """However both are named; a shell leaves the `~` of `--output=~/clip.mp4` to us."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert main(["--camera", "synthetic", *QUICK, "--output", "clip.mp4"]) == 0
    before = Path("clip.mp4").read_bytes()
    assert main(["--camera", camera, *QUICK, "--output", output]) == 2
    assert "is what is read" in capsys.readouterr().err
    assert Path("clip.mp4").read_bytes() == before


def test_a_picture_that_is_read_is_none_of_those_that_are_numbered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["--camera", "synthetic", *QUICK, "--output", "room-%03d.png"]) == 0
    before = Path("room-000.png").read_bytes()
    for output in ("room-%03d.png", str(tmp_path / "room-%d.png")):
        assert main(["--camera", "room-000.png", *QUICK, "--output", output]) == 2
        assert "is what is read" in capsys.readouterr().err
    assert Path("room-000.png").read_bytes() == before
    for output in ("rooms-%03d.png", "room-%03d.jpg"):
        assert main(["--camera", "room-000.png", *QUICK, "--output", output]) == 0


def test_a_transparent_file_has_alpha_though_its_pictures_are_paused(tmp_path: Path) -> None:
    out = tmp_path / "out.png"
    words = ["--camera", "synthetic", *QUICK, "--transparent", "--set", "run.paused=true", "--output", str(out)]
    assert main(words) == 0
    picture = cv2.imread(str(out), cv2.IMREAD_UNCHANGED)
    assert picture.shape == (180, 320, 4)
    assert picture[..., 3].min() == 255


def test_transparency_into_a_file_that_holds_none_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--camera", "synthetic", *QUICK, "--transparent", "--output", str(tmp_path / "out.mp4")]) == 2
    assert "out.mp4 cannot hold transparency" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_home_of_nobody_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--camera", "~nobody-of-this-name/clip.mp4", *QUICK]) == 2
    assert capsys.readouterr().err.endswith("the ~ of a name stands for nobody's home. Write the whole path.\n")


@pytest.mark.parametrize("camera", ["~/clip.mp4", "video:clip.mp4"])
def test_a_video_has_its_sound_however_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, camera: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    make_clip(tmp_path / "clip.mp4", 10, sound=("aac", 44_100))
    assert main(["--camera", camera, *QUICK, "--output", "out.mp4"]) == 0
    with av.open("out.mp4") as container:
        assert container.streams.audio


def test_a_reader_that_goes_away_is_no_error() -> None:
    for words in (["--print-config"], ["--help"]):
        command = [sys.executable, "-m", "live_seg", *words]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            process.stdout.close()
            assert process.stderr.read() == b""
            assert process.wait(60) == 0


@pytest.mark.parametrize("moment", ["before", "while"])
def test_ctrl_c_while_modules_are_imported_shows_no_traceback(moment: str) -> None:
    at = {"before": "live_seg.cli.main", "while": "live_seg.cli.live"}[moment]
    code = f"""
import os, signal, sys

class Trap:
    def find_spec(self, name, path, target=None):
        if name == {at!r}:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Trap())
from live_seg.cli.start import main
sys.exit(main())
"""
    done = subprocess.run([sys.executable, "-c", code, "--print-config"], capture_output=True, text=True, check=False)
    assert done.returncode in (130, -signal.SIGINT)
    assert done.stderr in ("", "live-seg: cut short\n")


BUILDING = """
import atexit, sys, threading
from live_seg.cli import main, start
from live_seg.config.tree import Engine
from live_seg.engines.overheard import Overheard
from live_seg.fused.builder import Builder

def build(*_):
    with Overheard():
        begun.set()
        threading.Event().wait()

def run():
    Builder(["cpu"], Engine(), make=build).session("a picture")
    begun.wait()
    print("live-seg: the camera is gone", file=sys.stderr)
    return 3

begun = threading.Event()
atexit.register(lambda: print("Python ends around it"))
main.main = run
sys.exit(start.main())
"""


def test_the_end_does_not_wait_for_a_graph_that_is_being_built_and_does_not_pull_python_from_under_it() -> None:
    """TensorRT takes minutes; Python's end would abort the process in the midst of the runtime."""
    done = subprocess.run([sys.executable, "-c", BUILDING], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (3, "", "live-seg: the camera is gone\n")


def test_python_m_live_seg_is_the_command() -> None:
    done = run_live_seg("devicess")
    assert done.returncode == 2
    assert "Did you mean devices?" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_pipe_from_a_closed_input_is_an_empty_picture() -> None:
    done = run_live_seg("photo", "-", "-o", "out.png", preexec_fn=lambda: os.close(0))
    assert done.stderr == "live-seg: the picture is empty. Give another file, or copy it once more.\n"
    assert done.returncode == 2


def test_a_reader_that_goes_early_is_no_error() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "live_seg", "models"]
    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("words", [["--help"], ["models"]], ids=" ".join)
def test_what_could_not_be_written_is_one_line_and_no_success(words: list[str], unbuffered: str) -> None:
    command = [sys.executable, "-m", "live_seg", *words]
    environment = os.environ | {"PYTHONUNBUFFERED": unbuffered}
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False, env=environment
        )
    assert (done.returncode, done.stderr) == (1, "live-seg: No space left on device\n")


def test_a_help_that_could_not_be_written_is_no_success(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(io.StringIO):
        def write(self, text: str) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(sys, "stdout", Full())
    assert main(["--help"]) == 1  # argparse of Python 3.11.7 and later kept this to itself
