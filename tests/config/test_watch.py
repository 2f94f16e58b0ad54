from __future__ import annotations

import logging
import os
from itertools import count
from pathlib import Path

import pytest

from live_seg.config import Config, build, changed
from live_seg.config.watch import Watch

later = count(2_000_000_000)


def save(file: Path, text: str) -> None:
    """Writes, with a time of change of its own, whatever the file system's resolution."""
    file.write_text(text)
    moment = next(later)
    os.utime(file, (moment, moment))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    save(tmp_path / "live.toml", "[blur]\nradius_px = 10\n")
    return tmp_path / "live.toml"


def test_nothing_changed_gives_nothing(file: Path) -> None:
    watch = Watch([file, file.with_name("missing.toml")])
    assert watch(Config()) is None
    save(file, "# only a comment\n[blur]\nradius_px = 10.0\n")
    assert watch(Config()) is None


def test_a_saved_change_is_taken_over_once(file: Path) -> None:
    watch = Watch([file])
    save(file, "[blur]\nradius_px = 30\n[source]\nmirror = true\n")
    config = watch(Config())
    assert config == build({"blur": {"radius_px": 30}, "source": {"mirror": True}})
    assert watch(config) is None


def test_a_file_that_comes_later_is_taken_over(tmp_path: Path) -> None:
    watch = Watch([tmp_path / "later.toml"])
    assert watch(Config()) is None
    save(tmp_path / "later.toml", "[blur]\nradius_px = 30\n")
    assert watch(Config()) == build({"blur": {"radius_px": 30}})


def test_what_the_command_line_set_stays(file: Path) -> None:
    watch = Watch([file])
    running = build({"blur": {"radius_px": 99}, "effect": {"name": "replace"}})
    save(file, "[blur]\nradius_px = 10\n[source]\nmirror = true\n")
    assert watch(running) == changed(running, "source.mirror", True)


@pytest.mark.parametrize("value", ["9" * 5000, "[" * 5000])
def test_a_file_that_is_built_to_end_the_app_is_refused_like_a_bad_one(
    file: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setattr(logging.getLogger("live_seg"), "propagate", True)
    watch = Watch([file])
    save(file, f"[blur]\nradius_px = {value}\n")
    assert watch(Config()) is None
    assert "live.toml" in caplog.text
    assert "stays as it was" in caplog.text


def test_a_bad_file_is_refused_with_its_line_and_the_old_one_stays(
    file: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("live_seg"), "propagate", True)
    watch = Watch([file])
    save(file, "[source]\nmirror = true\n[blur]\nradius = 30\n")
    assert watch(Config()) is None
    assert "live.toml, line 4: the configuration has no key 'blur.radius'" in caplog.text
    assert "stays as it was" in caplog.text
    caplog.clear()
    assert watch(Config()) is None
    assert not caplog.text  # said once
    save(file, "[source]\nmirror = true\n[blur]\nradius_px = 10\n")
    assert watch(Config()) == build({"source": {"mirror": True}})


def test_a_bad_file_does_not_hold_up_a_good_one(file: Path) -> None:
    good = file.with_name("good.toml")
    watch = Watch([file, good])
    save(file, "[blur\n")
    save(good, "[source]\nmirror = true\n")
    assert watch(Config()) == build({"source": {"mirror": True}})


def test_a_key_that_is_gone_has_its_default_again(file: Path) -> None:
    watch = Watch([file])
    save(file, "[source]\nmirror = true\n")
    running = build({"blur": {"radius_px": 10}})
    assert watch(running) == build({"source": {"mirror": True}})


@pytest.mark.parametrize("between", ["", None], ids=["emptied", "removed"])
def test_a_file_that_is_just_being_saved_changes_nothing(file: Path, between: str | None) -> None:
    """Editors empty a file before they write it, or remove it and put another in its place."""
    watch = Watch([file])
    running = build({"blur": {"radius_px": 99}})  # set on the command line, over the file's 10
    if between is None:
        file.unlink()
    else:
        save(file, between)
    assert watch(running) is None
    save(file, "[blur]\nradius_px = 10\n[source]\nmirror = true\n")
    assert watch(running) == changed(running, "source.mirror", True)


def test_the_users_file_gives_way_to_the_one_of_the_command_line(file: Path) -> None:
    weak = file.with_name("user.toml")
    watch = Watch([weak, file])
    save(weak, "[blur]\nradius_px = 50\n[source]\nmirror = true\n")
    assert watch(build({"blur": {"radius_px": 10}})) == build({"blur": {"radius_px": 10}, "source": {"mirror": True}})
