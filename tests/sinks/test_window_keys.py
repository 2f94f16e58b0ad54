"""What the window's keys do, with OpenCV's windows made up: a key is pressed, and what is shown is kept."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from live_seg.config import Config
from live_seg.config.build import changed
from live_seg.config.commands import Command
from live_seg.frame import Frame, Image, Size
from live_seg.sinks import Stream, window
from live_seg.sinks.window import KEYS, Window, with_text

GREY = np.full((180, 320, 3), 200, np.uint8)


class Desk:
    """A window with its stream; `shown` are the pictures on the screen, one after the other."""

    def __init__(self) -> None:
        self.shown: list[Image] = []
        self.told: list[Command] = []
        self.status = ["30 FPS"]
        self.keys: list[int] = []
        stream = Stream(Size(320, 180), 30, False, control=self.told.append, status=lambda: self.status)
        self.window = Window(Config(), stream)

    def press(self, key: str) -> None:
        self.keys.append(ord(key))
        self.window.pump()


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(window, "screen_problem", lambda: "")
    made = Desk()
    for name in ("namedWindow", "resizeWindow", "destroyWindow"):
        monkeypatch.setattr(cv2, name, lambda *_: None)
    monkeypatch.setattr(cv2, "getWindowProperty", lambda *_: 1.0)
    monkeypatch.setattr(cv2, "pollKey", lambda: made.keys.pop(0) if made.keys else -1)
    monkeypatch.setattr(cv2, "imshow", lambda title, picture: made.shown.append(picture))
    made.window.write(GREY, Frame(GREY, 0, 0.0))
    return made


@pytest.mark.parametrize("key", ["m", "M"])
def test_m_mirrors_and_mirrors_back(desk: Desk, key: str) -> None:
    desk.press(key)
    (command,) = desk.told
    before = Config()
    mirrored = command(before)
    assert mirrored == changed(before, "source.mirror", not before.source.mirror)
    assert mirrored is not None
    assert command(mirrored) == before


@pytest.mark.parametrize(("key", "lines"), [("s", ["30 FPS"]), ("h", [f"{key}  {what}" for key, what in KEYS.items()])])
def test_text_comes_and_goes_at_once_also_while_no_picture_comes(desk: Desk, key: str, lines: list[str]) -> None:
    desk.press(key)
    desk.press(key)
    before, with_lines, after = desk.shown
    assert np.array_equal(before, GREY)
    assert np.array_equal(with_lines, with_text(GREY, lines))
    assert np.array_equal(after, GREY)
    assert not desk.told


def test_statistics_are_those_of_now_with_every_picture(desk: Desk) -> None:
    desk.press("s")
    desk.status = ["12 FPS", "dropped 3"]
    desk.window.write(GREY, Frame(GREY, 1, 0.1))
    assert np.array_equal(desk.shown[-1], with_text(GREY, ["12 FPS", "dropped 3"]))


def test_a_key_that_is_none_changes_nothing(desk: Desk) -> None:
    desk.press("x")
    desk.window.pump()
    assert len(desk.shown) == 1
    assert not desk.told
