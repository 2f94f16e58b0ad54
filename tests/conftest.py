"""What all tests share: a home of their own, frames whose alpha is known, a network that needs no file."""

from __future__ import annotations

import logging
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import pytest
from hypothesis import settings

from live_seg.config import Config, build
from live_seg.frame import Size
from live_seg.models import Model, Network
from live_seg.sources.synthetic import SyntheticSource

# How long an example takes says how busy the machine is.
settings.register_profile("live-seg", deadline=None)
settings.load_profile("live-seg")

cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)

SMALL = Size(320, 180)

REPOSITORY = Path(__file__).resolve().parent.parent


def pytest_configure() -> None:
    """A shell starts what runs in the background deaf to Ctrl+C, and the commands under test would be so, too."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test reads the user's configuration or cache, or writes there."""
    home = tmp_path_factory.mktemp("home")
    for name, folder in (("HOME", ""), ("XDG_CONFIG_HOME", ".config"), ("XDG_CACHE_HOME", ".cache")):
        monkeypatch.setenv(name, str(home / folder))
    return home


@pytest.fixture(autouse=True)
def own_log() -> Iterator[None]:
    """What the command line does to the log ends with the test."""
    log = logging.getLogger("live_seg")
    before = log.handlers[:], log.level, log.propagate
    yield
    log.handlers[:], log.propagate = before[0], before[2]
    log.setLevel(before[1])


@pytest.fixture
def fixed_network() -> Iterator[Network]:
    """A network that takes an ellipse in the middle for the person."""
    with Network(Model(name="no model", file=Path("none.onnx"), precision=""), "fixed", Config().engine) as network:
        yield network


@pytest.fixture
def synthetic() -> Callable[..., SyntheticSource]:
    """Makes synthetic sources: `synthetic(Size(320, 180), "empty")`."""

    def make(size: Size = SMALL, scene: str = "", fps: float = 30.0) -> SyntheticSource:
        return SyntheticSource(scene, build({"source": {"size": str(size), "fps": fps}}), time.monotonic)

    return make
