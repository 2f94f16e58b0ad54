"""What another package does wrong while it runs is told as that package's, not as ours."""

from __future__ import annotations

from pathlib import Path

import pytest
from run_command import QUICK, run_live_seg

PLUGIN = """
from live_seg.closing import Closing
from live_seg.frame import Size
from live_seg.sinks import SinkBase
from live_seg.sources import SourceBase

class Source(SourceBase):
    name, size, fps, live = "broken", Size(320, 180), 30.0, False

    def __init__(self, *arguments):
        pass

    def read(self, timeout_s):
        return [][3]

class Engine(Closing):
    name, device, precision = "broken", "nowhere", "int8"

    def __init__(self, file, size, config):
        pass

    def run(self, blob):
        return blob.no_such_thing

class Sink(SinkBase):
    name = "their sink"

    def __init__(self, *arguments):
        pass

    def write(self, picture, frame):
        picture.no_such_thing
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package with a source, an engine and a sink that fail, as pip would leave it."""
    (tmp_path / "broken_things.py").write_text(PLUGIN)
    about = tmp_path / "broken_things-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: broken-things\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(
        "".join(f"[live_seg.{kind.lower()}s]\nbroken = broken_things:{kind}\n" for kind in ("Source", "Engine", "Sink"))
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=":")


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("--camera", "broken:x"), "IndexError: list index out of range"),
        (("--camera", "synthetic", "--engine", "broken"), "AttributeError: 'numpy.ndarray' object has no attribute"),
    ],
)
def test_a_source_or_engine_of_another_package_that_fails_is_blamed(words: tuple[str, ...], what: str) -> None:
    done = run_live_seg(*QUICK, *words)
    assert done.returncode == 1 and what in done.stderr
    assert "This is a defect of the package broken-things: update or remove it." in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.usefixtures("installed")
def test_a_sink_of_another_package_that_fails_is_named() -> None:
    done = run_live_seg(*QUICK, "--camera", "synthetic", "--set", 'output.also=["broken"]')
    assert done.returncode == 5
    assert "live-seg: their sink: 'numpy.ndarray' object has no attribute 'no_such_thing'" in done.stderr


@pytest.mark.usefixtures("installed")
def test_nobody_is_blamed_for_what_is_ours(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import live_seg.live.session as session\n"
        "def fails(*arguments, **options): raise KeyError('ours')\n"
        "session.Session.__init__ = fails\n"
    )
    done = run_live_seg(*QUICK, "--camera", "synthetic")
    assert done.returncode == 1 and "KeyError: 'ours'. This is a defect; run again with --debug." in done.stderr
