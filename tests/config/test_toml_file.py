from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from live_seg.config import (
    Config,
    build,
    default_values,
    has_user_file,
    keys,
    read_values,
    render,
    user_file,
    values_of,
)
from live_seg.errors import UsageError

REPOSITORY = Path(__file__).parents[2]

OTHERS = {
    "source": {"camera": 'C920 "left" \\ back', "size": "641x359", "fps": 29.97, "mirror": True, "timeout_ms": 100}
    | {"reopen": False},
    "engine": {"name": "cpu", "model": "C:\\models\\a.onnx", "threads": 3, "device": 1} | {"fused": "never"},
    "matting": {"steady": 0.0, "sure": 0.5, "refine": "bilinear", "radius_px": 16},
    "gate": {"on": False, "refresh_ms": 250.0},
    "governor": {"target_fps": 24.0, "max_cpu_percent": 50.0},
    "effect": {"name": "sepia", "options": {"strength": 0.5, "on": True, "names": ["a", "b"], "two words": {"ä.b": 1}}},
    "blur": {"radius_px": 33.25},
    "replace": {"background": "Strand – Möwe 海.jpg"},
    "guard": {"max_age_ms": 1e3, "empty_ms": 0.5, "hide": "card"},
    "window": {"show": False, "statistics": True},
    "virtual_camera": {"show": True, "device": "/dev/video9", "size": "640x480"},
    "output": {"file": "a\tb.mp4", "quality_crf": 0, "sound": False, "also": ["ndi"]},
    "run": {"paused": True, "seconds": 0.125, "frames": 7},
}
"""Every key with a value that is not its default."""


def test_others_holds_every_key_and_no_default() -> None:
    assert {part: set(content) for part, content in OTHERS.items()} == {
        part: set(content) for part, content in default_values().items()
    }
    assert all(default_values()[part][key] != value for part, item in OTHERS.items() for key, value in item.items())


def test_every_key_survives_writing_and_reading(tmp_path: Path) -> None:
    config, file = build(OTHERS), tmp_path / "live.toml"
    file.write_text(render(config), encoding="utf-8")
    assert build(read_values(file)) == config
    assert values_of(config) == read_values(file)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_any_text_survives(text: str) -> None:
    assert tomllib.loads(render(build({"source": {"camera": text}})))["source"]["camera"] == text


@given(st.floats(1, 200), st.integers(0, 2**31))
def test_any_number_survives(radius_px: float, frames: int) -> None:
    config = build({"blur": {"radius_px": radius_px}, "run": {"frames": frames}})
    assert build(tomllib.loads(render(config))) == config


def test_the_file_in_configs_is_what_the_tree_says() -> None:
    """Written by: live-seg --print-config > configs/live.toml (without a file of the user's own)."""
    assert (REPOSITORY / "configs" / "live.toml").read_text(encoding="utf-8") == render(Config())


def test_every_key_stands_below_its_description() -> None:
    text = render(Config())
    for key in keys().values():
        above = text.split(f"\n{key.name.split('.')[1]} = ")[0].splitlines()
        assert above[-1].startswith("# ")
    assert max(map(len, text.splitlines())) <= 120


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("[blur]\nradius_px = 20\nradius = 3\n", 3, r"no key 'blur\.radius'"),
        ("[source]\nfps = 30\n\n# a comment\n[blurr]\n", 5, r"no key 'blurr'"),
        ("[source]\nfps = 30\n[blur]\nradius_px = 'a'\n", 4, r"blur\.radius_px: expected float, got str"),
        ("[matting]\nradius_px = 3\n[blur]\nradius_px = 0\n", 4, r"blur\.radius_px: expected float >= 1\.0"),
        ("\nblur.radius_px = 0\n", 2, r"blur\.radius_px: "),
        ("\nblur = {radius_px = 0}\n", 2, r"blur\.radius_px: "),
        ("\nblur = 3\n", 2, "'blur' is a part"),
        ("[effect]\nname = 'blur'\n[ blur ]\n  radius_px  = 0", 4, r"blur\.radius_px: "),
        ("[run]\nframes = 3\nseconds =\n", 3, "invalid value"),
        ("[run]\nframes = 3\nframes = 4\n", 3, "cannot overwrite a value"),
    ],
)
def test_an_error_names_the_file_and_the_line(tmp_path: Path, text: str, line: int, message: str) -> None:
    file = tmp_path / "live.toml"
    file.write_text(text)
    with pytest.raises(UsageError, match=rf"live\.toml, line {line}: .*(?i:{message})"):
        read_values(file)


def test_what_is_wrong_at_the_end_is_said_to_be_there(tmp_path: Path) -> None:
    file = tmp_path / "live.toml"
    file.write_text("[replace]\nbackground =")
    with pytest.raises(UsageError, match="at end of document"):
        read_values(file)


def test_a_file_that_is_missing_or_no_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"there is no configuration file .*live\.toml"):
        read_values(tmp_path / "live.toml")
    with pytest.raises(UsageError, match="cannot read the configuration file"):
        read_values(tmp_path)
    (tmp_path / "live.toml").write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(UsageError, match="it is not UTF-8 text"):
        read_values(tmp_path / "live.toml")


def test_a_byte_order_mark_of_windows_editors_does_not_matter(tmp_path: Path) -> None:
    file = tmp_path / "live.toml"
    file.write_bytes(b"\xef\xbb\xbf[blur]\r\nradius_px = 20\r\n")
    assert read_values(file) == {"blur": {"radius_px": 20}}


def test_the_users_file_follows_xdg(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert user_file() == tmp_path / "live-seg" / "live.toml"
    monkeypatch.setenv("XDG_CONFIG_HOME", "")
    assert user_file() == Path.home() / ".config" / "live-seg" / "live.toml"


def test_who_has_no_home_has_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setattr(Path, "home", nowhere)
    assert user_file() == Path("/.config/live-seg/live.toml") and not has_user_file()


def test_a_home_that_is_closed_to_the_user_is_somebody_elses(monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(path: Path) -> bool:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "exists", closed)
    assert not has_user_file()
