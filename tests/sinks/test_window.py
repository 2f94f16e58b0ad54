"""The real window: under Xvfb, with keys pressed by xdotool, and the screen looked at."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from screen import needs_screen, screen

from live_seg.config import Config
from live_seg.errors import SinkError
from live_seg.frame import Frame, Image, Size
from live_seg.sinks import Stream, window
from live_seg.sinks.screen import screen_problem
from live_seg.sinks.window import KEYS, Window, over_checker, with_text

GREEN = (0, 177, 64)  # RGB of what stands behind the person
DEMO = ["-m", "live_seg", "--camera", "demo", "--size", "640x360", "--fps", "10", "--replace", "#00b140"]
DEMO += ["--set", "guard.max_age_ms=20000", "--seconds", "120"]  # the machine that tests may be busy


class App:
    """The app in a process of its own, on a screen of its own."""

    def __init__(self, display: str, folder: Path, words: Sequence[str] = DEMO) -> None:
        self._environment = {**os.environ, "DISPLAY": display}
        self.process = subprocess.Popen(
            [sys.executable, *words], env=self._environment, cwd=folder, stderr=subprocess.PIPE
        )

    def look(self) -> Image:
        """What is on the screen, (700, 1000, 3) RGB."""
        command = ["ffmpeg", "-loglevel", "error", "-f", "x11grab", "-video_size", "1000x700"]
        command += ["-i", self._environment["DISPLAY"], "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
        data = subprocess.run(command, env=self._environment, capture_output=True, check=True).stdout
        return np.frombuffer(data, np.uint8).reshape(700, 1000, 3)

    def press(self, key: str) -> None:
        """Presses a key in the window."""
        found = self._xdotool("search", "--sync", "--name", "^live-seg$").split()
        self._xdotool("windowfocus", found[-1])
        self._xdotool("key", key)

    def wait_for(self, seen: Callable[[Image], bool], timeout_s: float = 60) -> Image:
        """The screen once it looks so."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.process.stderr and self.process.stderr.read()
            picture = self.look()
            if seen(picture):
                return picture
        raise AssertionError("the screen never looked as expected")

    def _xdotool(self, *words: str) -> str:
        run = subprocess.run(["xdotool", *words], env=self._environment, capture_output=True, check=True, text=True)
        return run.stdout


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with screen() as display:
        running = App(display, tmp_path)
        try:
            yield running
        finally:
            running.process.kill()
            running.process.communicate()


def share_of(picture: Image, colour: tuple[int, int, int]) -> float:
    """Share of the screen that has a colour."""
    return float((np.abs(picture.astype(int) - colour).max(-1) < 6).mean())


@needs_screen
def test_the_window_shows_the_picture_and_obeys_its_keys(app: App, tmp_path: Path) -> None:
    app.wait_for(lambda picture: share_of(picture, GREEN) > 0.05)
    app.press("p")
    app.wait_for(lambda picture: share_of(picture, (36, 40, 48)) > 0.2)
    app.press("p")
    app.wait_for(lambda picture: share_of(picture, GREEN) > 0.05)
    app.press("b")
    checker = app.wait_for(lambda picture: share_of(picture, (102, 102, 102)) > 0.02)
    assert share_of(checker, (153, 153, 153)) > 0.02
    app.press("h")
    app.wait_for(lambda picture: share_of(picture, (34, 34, 34)) > 0.002)
    app.press("o")
    deadline = time.monotonic() + 30
    while not (saved := [file for file in tmp_path.glob("live-seg-*.png") if file.read_bytes()[-8:-4] == b"IEND"]):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    picture = cv2.imdecode(np.fromfile(saved[0], np.uint8), cv2.IMREAD_UNCHANGED)
    assert picture is not None
    assert picture.shape == (360, 640, 4)
    app.press("q")
    _, told = app.process.communicate(timeout=60)
    assert app.process.returncode == 0, told
    assert b"Traceback" not in told


def test_without_a_screen_there_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    for display in ("", ":4711", "nonsense"):
        monkeypatch.setenv("DISPLAY", display)
        assert "screen" in screen_problem()
        with pytest.raises(SinkError, match="--output"):
            Window(Config(), Stream(Size(64, 48), 30, False))


@pytest.mark.parametrize(("system", "ends"), [("linux", 1), ("win32", 1), ("darwin", 0)])
def test_a_window_that_is_not_visible_was_closed_but_on_macos_where_it_lies_in_the_dock(
    monkeypatch: pytest.MonkeyPatch, system: str, ends: int
) -> None:
    told: list[object] = []
    monkeypatch.setattr(window, "screen_problem", lambda: "")
    monkeypatch.setattr(Window, "_create", lambda window, size: setattr(window, "_open", True))
    for name, answer in (("imshow", None), ("pollKey", -1), ("getWindowProperty", 0.0), ("destroyWindow", None)):
        monkeypatch.setattr(cv2, name, lambda *_, answer=answer: answer)
    monkeypatch.setattr(sys, "platform", system)
    with Window(Config(), Stream(Size(64, 48), 30, False, control=told.append)) as sink:
        picture = np.zeros((48, 64, 3), np.uint8)
        sink.write(picture, Frame(picture, 0, 0.0))
        sink.pump()
    assert len(told) == ends


def test_every_key_is_a_letter_of_its_own() -> None:
    assert all(len(key) == 1 for key in KEYS)
    assert set("bmpsohq") == set(KEYS)


@given(st.integers(1, 90), st.integers(1, 90))
def test_the_checkerboard_is_seen_exactly_where_nothing_is(width: int, height: int) -> None:
    picture = np.full((height, width, 4), 7, np.uint8)
    picture[..., 3] = 0
    picture[: height // 2, :, 3] = 255
    shown = over_checker(picture)
    assert (shown[: height // 2] == 7).all()
    assert set(np.unique(shown[height // 2 :])) <= {102, 153}


def test_text_is_drawn_on_a_copy() -> None:
    picture = np.full((90, 160, 3), 200, np.uint8)
    shown = with_text(picture, ["30 FPS"])
    assert (picture == 200).all()
    assert (shown != 200).any()


def test_a_picture_that_does_not_fit_onto_the_disk_leaves_no_piece_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    write = os.write

    def full(file: int, data: bytes) -> int:
        if os.fstat(file).st_size:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(file, data[:20])

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(window, "screen_problem", lambda: "")
    monkeypatch.setattr(Window, "_create", lambda window, size: None)
    monkeypatch.setattr(cv2, "imshow", lambda title, picture: None)
    monkeypatch.setattr(os, "write", full)
    sink = Window(Config(), Stream(Size(64, 48), 30, False))
    picture = np.zeros((48, 64, 3), np.uint8)
    sink.write(picture, Frame(picture, 0, 0.0))
    sink._press("o")
    assert "the picture was not saved: no space left on device." in caplog.text
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="X11 is the exception there")
def test_the_systems_own_way_to_x11_events_goes_before_that_of_opencv() -> None:
    code = """
import ctypes
from live_seg.sinks.window import keep_events

assert not hasattr(ctypes.CDLL(None), "XSetEventQueueOwner")
keep_events()
assert hasattr(ctypes.CDLL(None), "XSetEventQueueOwner"), "what is looked up first"
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


DRAWING = f"""
import time
import numpy as np
from live_seg.config import build
from live_seg.frame import Frame, Size
from live_seg.sinks import Stream
from live_seg.sinks.window import Window

picture = np.full((360, 640, 3), {GREEN[::-1]}, np.uint8)
window = Window(build({{}}), Stream(Size(640, 360), 30.0, False))
while True:
    window.write(picture, Frame(picture, 0, 0.0))
    window.pump()
    time.sleep(0.01)
"""


@pytest.fixture
def one_core() -> Iterator[None]:
    """All that is started meanwhile shares one core."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    yield
    os.sched_setaffinity(0, cores)


@needs_screen
@pytest.mark.skipif(sys.platform != "linux", reason="cores are chosen in another way there")
@pytest.mark.usefixtures("one_core")
def test_no_window_of_many_stays_black_on_one_core(tmp_path: Path) -> None:
    """Where events got lost a third of them did."""
    for _ in range(10):
        with screen() as display:
            app = App(display, tmp_path, ["-c", DRAWING])
            try:
                app.wait_for(lambda picture: share_of(picture, GREEN) > 0.2, timeout_s=20)
            finally:
                app.process.kill()
                app.process.communicate()
