"""The command: exit codes, one line an error, nothing imported that is not needed."""

from __future__ import annotations

from pathlib import Path

import pytest
from run_command import QUICK, run_live_seg

from live_seg.cli import live
from live_seg.cli.main import commands, main
from live_seg.config import Config, build
from live_seg.errors import EngineError, LiveSegError, SinkError, SourceError, SourceLost, UsageError
from live_seg.live.pipeline import Look
from live_seg.live.session import Session


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


def test_python_m_live_seg_is_the_command() -> None:
    done = run_live_seg("devicess")
    assert done.returncode == 2
    assert "Did you mean devices?" in done.stderr
    assert "Traceback" not in done.stderr
