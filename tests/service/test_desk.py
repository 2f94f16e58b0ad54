"""The desk takes a bounded number of pictures, works on one at a time, and keeps one network for each model."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future
from io import BytesIO

import cv2
import numpy as np
import pytest
from PIL import Image as Pillow

from live_seg.errors import UsageError
from live_seg.photo import Cutter, Limits, Photo, Request, TooLarge, Unreadable
from live_seg.service import Busy, Desk, NothingFound
from live_seg.service import desk as desk_module


def picture(width: int = 64, height: int = 48, suffix: str = ".png") -> bytes:
    image = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    return cv2.imencode(suffix, image)[1].tobytes()


@pytest.fixture
def desk() -> Iterator[Desk]:
    with Desk(engine="fixed", waiting=2) as opened:
        yield opened


class Gated:
    """A cutter that waits in its work until it is let go on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.at_once = self.most_at_once = 0
        own = Cutter.__call__

        def waits(cutter: Cutter, photo: Photo, request: Request | None = None) -> Photo:
            self.at_once += 1
            self.most_at_once = max(self.at_once, self.most_at_once)
            self.begun.set()
            assert self.go_on.wait(20)
            self.at_once -= 1
            return own(cutter, photo, request)

        monkeypatch.setattr(Cutter, "__call__", waits)


@pytest.fixture
def gated(monkeypatch: pytest.MonkeyPatch) -> Gated:
    return Gated(monkeypatch)


def test_a_picture_becomes_a_png_with_alpha(desk: Desk) -> None:
    made = Pillow.open(BytesIO(desk.submit(picture(), Request(), "person").result(20)))
    assert (made.format, made.mode, made.size) == ("PNG", "RGBA", (64, 48))
    alpha = np.asarray(made)[..., 3]
    assert alpha[24, 32] == 255
    assert alpha[0, 0] == 0


def test_it_can_be_a_webp(desk: Desk) -> None:
    made = Pillow.open(BytesIO(desk.submit(picture(), Request(), "person", "webp").result(20)))
    assert made.format == "WEBP"


def test_a_picture_file_can_stand_behind(desk: Desk) -> None:
    behind = cv2.imencode(".png", np.full((8, 8, 3), (1, 2, 250), np.uint8))[1].tobytes()
    made = desk.submit(picture(), Request(), "person", background=behind).result(20)
    assert tuple(np.asarray(Pillow.open(BytesIO(made)))[0, 0]) == (250, 2, 1)


def test_what_is_transparent_in_the_picture_behind_is_white(desk: Desk) -> None:
    behind = cv2.imencode(".png", np.zeros((8, 8, 4), np.uint8))[1].tobytes()
    made = desk.submit(picture(), Request(), "person", background=behind).result(20)
    assert tuple(np.asarray(Pillow.open(BytesIO(made)))[0, 0]) == (255, 255, 255)


def test_a_picture_can_be_made_smaller(desk: Desk) -> None:
    made = Pillow.open(BytesIO(desk.shrunk(picture(300, 100), 60).result(20)))
    assert (made.format, made.size) == ("JPEG", (60, 20))


def test_what_waits_is_bounded_and_the_rest_is_refused(desk: Desk, gated: Gated) -> None:
    first = desk.submit(picture(), Request(), "person")
    assert gated.begun.wait(20)
    jobs = [desk.submit(picture(), Request(), "person") for _ in range(2)]
    with pytest.raises(Busy, match="2 pictures are waiting already"):
        desk.submit(picture(), Request(), "person")
    gated.go_on.set()
    assert all(job.result(20) for job in [first, *jobs])
    assert gated.most_at_once == 1
    assert desk.submit(picture(), Request(), "person").result(20)


def test_each_network_is_loaded_once_and_only_when_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[str] = []
    own = Cutter.__init__

    def counts(cutter: Cutter, model: str, engine: str, threads: int, sessions: int) -> None:
        loaded.append(model)
        own(cutter, model, engine, threads, sessions=sessions)

    monkeypatch.setattr(Cutter, "__init__", counts)
    with Desk(("person", "person-int8"), engine="fixed") as desk:
        assert loaded == []
        for model in ("person", "person", "person-int8", "person"):
            desk.submit(picture(), Request(), model).result(20)
    assert loaded == ["person", "person-int8"]


def test_an_unknown_model_is_refused_at_once(desk: Desk) -> None:
    with pytest.raises(UsageError, match="Did you mean person"):
        desk.submit(picture(), Request(), "persn")


def test_a_picture_that_is_too_large_or_none_fails_alone() -> None:
    with Desk(engine="fixed", limits=Limits(bytes=20_000, pixels=5000)) as desk:
        large = desk.submit(picture(500, 100), Request(), "person")
        heavy = desk.submit(bytes(30_000), Request(), "person")
        none = desk.submit(b"no picture at all, only text", Request(), "person")
        good = desk.submit(picture(), Request(), "person")
        for job, kind in ((large, TooLarge), (heavy, TooLarge), (none, Unreadable)):
            with pytest.raises(kind):
                job.result(20)
        assert good.result(20)


def test_a_picture_with_nobody_in_it_is_said(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Cutter, "matte", lambda cutter, photo: np.zeros(photo.image.shape[:2], np.uint8))
    with pytest.raises(NothingFound, match="no person was found"):
        desk.submit(picture(), Request(), "person").result(20)


def test_a_cancelled_job_lets_go_of_its_bytes_while_another_is_worked_on(desk: Desk, gated: Gated) -> None:
    running = desk.submit(picture(), Request(), "person")
    assert gated.begun.wait(20)
    data = picture()
    own = sys.getrefcount(data)
    for _ in range(10):  # more than may wait: who is gone takes no place
        assert desk.submit(data, Request(), "person").cancel()
    assert sys.getrefcount(data) == own
    gated.go_on.set()
    assert running.result(20)


def test_closing_cancels_what_waits_and_finishes_what_is_worked_on(desk: Desk, gated: Gated) -> None:
    running = desk.submit(picture(), Request(), "person")
    assert gated.begun.wait(20)
    waiting: Future[bytes] = desk.submit(picture(), Request(), "person")
    gated.go_on.set()
    desk.close()
    assert running.done()
    if waiting.cancelled():  # it may have been begun before
        with pytest.raises(CancelledError):
            waiting.result()


def test_it_reads_a_picture_only_when_its_turn_has_come(
    desk: Desk, gated: Gated, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    own = desk_module.read_photo

    def counts(data: bytes, limits: Limits) -> Photo:
        read.append(len(data))
        return own(data, limits)

    monkeypatch.setattr(desk_module, "read_photo", counts)
    jobs = [desk.submit(picture(), Request(), "person") for _ in range(3)]
    assert gated.begun.wait(20)
    assert len(read) == 1
    gated.go_on.set()
    assert all(job.result(20) for job in jobs)


def test_of_two_models_only_the_one_that_was_used_last_stays_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[str] = []

    class Counted(Cutter):
        def __init__(self, model: str, engine: str, threads: int, sessions: int) -> None:
            super().__init__("person", engine, threads, sessions=sessions)
            self.model = model
            loaded.append(model)

        def close(self) -> None:
            super().close()
            if self.model in loaded:
                loaded.remove(self.model)

    monkeypatch.setattr(desk_module, "Cutter", Counted)
    with Desk(models=("person", "pets"), engine="fixed", networks=1) as desk:
        for model in ("person", "person", "pets", "person"):
            desk.submit(picture(), Request(), model).result(20)
            assert loaded == [model]
    assert loaded == []
