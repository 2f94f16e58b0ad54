"""Every option is a key of the configuration; the user's file gives way to --config, and that to the options."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from live_seg.cli.live import add_options, configuration
from live_seg.cli.main import main
from live_seg.cli.parser import Parser
from live_seg.config import Config, build, keys, user_file
from live_seg.errors import UsageError

OPTIONS = [
    (["--camera", "0"], {"source.camera": "0"}),
    (["--camera", "Part of a name"], {"source.camera": "Part of a name"}),
    (["--blur"], {"effect.name": "blur"}),
    (["--blur", "20"], {"effect.name": "blur", "blur.radius_px": 20.0}),
    (["--blur=7.5"], {"effect.name": "blur", "blur.radius_px": 7.5}),
    (["--replace", "beach.jpg"], {"effect.name": "replace", "replace.background": "beach.jpg"}),
    (["--replace", "#00b140"], {"effect.name": "replace", "replace.background": "#00b140"}),
    (["--transparent"], {"effect.name": "transparent"}),
    (["--effect", "sepia"], {"effect.name": "sepia"}),
    (["--virtual-camera"], {"virtual_camera.show": True}),
    (["--virtual-camera", "/dev/video9"], {"virtual_camera.show": True, "virtual_camera.device": "/dev/video9"}),
    (["--output", "out.mp4"], {"output.file": "out.mp4"}),
    (["--no-window"], {"window.show": False}),
    (["--size", "640x480"], {"source.size": "640x480"}),
    (["--fps", "29.97"], {"source.fps": 29.97}),
    (["--mirror"], {"source.mirror": True}),
    (["--engine", "cuda"], {"engine.name": "cuda"}),
    (["--model", "person-int8"], {"engine.model": "person-int8"}),
    (["--threads", "3"], {"engine.threads": 3}),
    (["--target-fps", "24"], {"governor.target_fps": 24.0}),
    (["--max-cpu", "50"], {"governor.max_cpu_percent": 50.0}),
    (["--seconds", "1.5"], {"run.seconds": 1.5}),
    (["--frames", "9"], {"run.frames": 9}),
    (["--set", "matting.steady=0.4"], {"matting.steady": 0.4}),
    (
        ["--set", "source.camera = C920 HD", "--set", "guard.hide=card"],
        {"source.camera": "C920 HD", "guard.hide": "card"},
    ),
]
NO_KEYS = {"--help", "--config", "--print-config", "--debug", "--version"}


def parser() -> Parser:
    made = Parser(prog="live-seg")
    add_options(made)
    return made


def configured(*words: str) -> Config:
    return configuration(parser().parse(words))[0]


def expected(values: dict[str, object]) -> Config:
    tree: dict[str, dict[str, object]] = {}
    for name, value in values.items():
        part, key = name.split(".")
        tree.setdefault(part, {})[key] = value
    return build(tree)


@pytest.mark.parametrize(
    ("words", "values"), OPTIONS, ids=lambda item: " ".join(item) if isinstance(item, list) else ""
)
def test_an_option_sets_its_key_and_no_other(words: list[str], values: dict[str, object]) -> None:
    assert configured(*words) == expected(values)


def test_every_option_is_tested_above() -> None:
    tested = {word.split("=")[0] for words, _ in OPTIONS for word in words if word.startswith("--")}
    assert tested | NO_KEYS == set(parser().option_names())


@pytest.mark.parametrize("name", keys())
def test_any_key_can_be_set(name: str) -> None:
    default = keys()[name].default
    text = {True: "true", False: "false"}.get(default, default) if isinstance(default, bool) else default
    assert configured("--set", f"{name}={text}") == Config()


def test_no_option_is_the_defaults() -> None:
    assert configured() == Config()


def test_the_last_of_two_settings_counts() -> None:
    assert configured("--blur", "20", "--set", "blur.radius_px=30").blur.radius_px == 30


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--blur", "much"], "'much' is not a number of pixels"),
        (["--blur", "-5"], "'-5' is not a number of pixels"),
        (["--blur", "0"], "expected float >= 1"),
        (["--blur", "--transparent"], "not allowed with argument --blur"),
        (["--blur", "--replace", "a.jpg"], "not allowed with argument --blur"),
        (["--replace"], "expected one argument"),
        (["--size", "big"], "source.size"),
        (["--threads", "two"], "Write a whole number"),
        (["--set", "matting.steady"], "has no value. Write --set part.key=value"),
        (["--set", "matting.stead=1"], "Did you mean matting.steady"),
        (["--camra", "0"], "there is no option --camra. Did you mean --camera"),
        (["--virtual-camara"], "Did you mean --virtual-camera"),
        (["--blurr=20"], "there is no option --blurr. Did you mean --blur"),
        (["--came", "0"], "there is no option --came. Did you mean --camera"),  # not taken for --camera
        (["--xyzzy"], "live-seg --help lists the options"),
        (["--blur", "20", "30"], "'30' is one argument too many"),
    ],
)
def test_a_wrong_option_says_what_is_right(words: list[str], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        configured(*words)
    assert message in str(caught.value)


def save(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def test_options_go_before_the_named_file_and_that_before_the_users(tmp_path: Path) -> None:
    save(user_file(), "[blur]\nradius_px = 1\n[source]\nfps = 1\n[matting]\nsteady = 0.1\n")
    named = save(tmp_path / "mine.toml", "[blur]\nradius_px = 2\n[source]\nfps = 2\n")
    config = configured("--config", str(named), "--blur", "3")
    assert (config.blur.radius_px, config.source.fps, config.matting.steady) == (3, 2, 0.1)


def test_both_files_are_watched(tmp_path: Path) -> None:
    named = save(tmp_path / "mine.toml", "")
    assert configuration(parser().parse([]))[1] == [user_file()]
    assert configuration(parser().parse(["--config", str(named)]))[1] == [user_file(), named]


def test_print_config_prints_the_result_and_it_can_be_read_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save(user_file(), "[source]\nmirror = true\n")
    assert main(["--blur", "3", "--print-config"]) == 0
    printed = capsys.readouterr().out
    assert build(tomllib.loads(printed)) == expected({"source.mirror": True, "blur.radius_px": 3})
    again = save(tmp_path / "again.toml", printed)
    user_file().unlink()
    assert main(["--config", str(again), "--print-config"]) == 0
    assert capsys.readouterr().out == printed


@pytest.mark.parametrize("text", ["[blur]\nradius = 3\n", "[blur\n"])
def test_a_bad_file_ends_with_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    bad = save(tmp_path / "bad.toml", text)
    assert main(["--config", str(bad), "--print-config"]) == 2
    printed = capsys.readouterr()
    assert not printed.out
    assert "bad.toml, line " in printed.err


def test_a_named_file_that_is_missing_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--config", "nowhere.toml"]) == 2
    assert capsys.readouterr().err == "live-seg: there is no configuration file nowhere.toml\n"
