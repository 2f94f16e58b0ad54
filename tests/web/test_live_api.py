"""The live tab's endpoints: one loop for all viewers, steered through its command queue."""

from __future__ import annotations

import itertools
import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import requests
from served import VALUES, Site, picture, site_of, until

from live_seg.config import build
from live_seg.config.commands import toggle
from live_seg.live.session import Session
from live_seg.sinks import page
from live_seg.web import live, stream
from live_seg.web import studio as studio_module


def decoded(jpeg: bytes) -> np.ndarray:
    return cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)


def awaited(pictures: Iterator[bytes], bgr: tuple[int, int, int]) -> np.ndarray:
    """The first picture whose corner is of that colour."""
    for jpeg in itertools.islice(pictures, 400):
        image = decoded(jpeg)
        if np.abs(image[3, 3].astype(int) - bgr).max() < 12:
            return image
    raise AssertionError(f"no picture had {bgr} in its corner")


def events(answer: requests.Response) -> Iterator[dict[str, Any]]:
    for line in answer.iter_lines():
        if line.startswith(b"data: "):
            yield json.loads(line[6:])


def test_the_camera_is_opened_for_the_first_viewer_and_closed_after_the_last(site: Site) -> None:
    state = site.state()
    assert not state["running"] and "synthetic" not in json.dumps(state), "what is the camera is nobody's business"
    with site.looking() as first:
        assert decoded(next(first)).shape == (180, 320, 3)
        with site.looking() as second:
            next(second)
        assert site.state()["running"]
        assert site.state()["statistics"]
    until(lambda: not site.state()["running"])
    with site.looking() as again:
        next(again)


def test_a_viewer_who_takes_nothing_does_not_hold_the_camera_open(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "_PATIENCE_S", 0.3)
    monkeypatch.setattr(page, "as_jpeg", lambda picture: bytes(1_000_000))  # what lies between is soon full
    with socket.socket() as stuck:
        stuck.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        host, _, port = site.host.partition(":")
        stuck.connect((host, int(port)))
        stuck.sendall(f"GET /api/live/picture HTTP/1.1\r\nHost: {site.host}\r\n\r\n".encode())
        until(lambda: site.state()["running"])
        until(lambda: not site.state()["running"])
        assert not len(site.studio.viewers)


@pytest.mark.parametrize("path", ["api/live/picture", "api/live/events"])
def test_who_asks_for_the_head_of_a_stream_opens_no_camera(site: Site, path: str) -> None:
    with requests.Session() as session:
        assert session.head(f"{site.url}{path}", timeout=5).status_code == 200
        assert not session.get(f"{site.url}api/live", timeout=5).json()["running"], "on the same connection"
    assert not len(site.studio.viewers)


def test_the_state_which_viewers_get_ten_times_a_second_is_told_without_looking_for_packages(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def looked(group: str) -> list[Any]:
        raise AssertionError(f"all packages are looked through for {group}")

    monkeypatch.setattr("live_seg.registry.entry_points", looked)
    assert site.state()["effects"] == ["blur", "replace", "transparent"]


def test_while_nothing_changes_a_sign_of_life_is_sent(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "_BEAT_S", 0.2)
    with requests.get(f"{site.url}api/live/events", stream=True, timeout=5) as answer:
        lines = (line for line in answer.iter_lines() if line)
        assert next(lines).startswith(b"data: ")
        assert [next(lines), next(lines)] == [b":", b":"]


def test_several_viewers_share_one_loop_and_one_encoding(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    encoded: list[bytes] = []
    own = page.as_jpeg
    monkeypatch.setattr(page, "as_jpeg", lambda picture: encoded.append(own(picture)) or encoded[-1])
    with site.looking() as first, site.looking() as second, site.looking() as third:
        seen = [jpeg for viewer in (first, second, third) for jpeg in itertools.islice(viewer, 5)]
    assert len(set(seen)) <= len(encoded)
    assert set(seen) <= set(encoded)
    assert site.studio.viewers.__class__ is page.Viewers


def test_nothing_is_encoded_when_nobody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    config = build({**VALUES, "output": {"also": ["null"]}})
    encoded: list[object] = []
    monkeypatch.setattr(page, "as_jpeg", lambda picture: encoded.append(picture) or b"")
    sink = page.PageSink(config, None)
    sink.write(np.zeros((4, 4, 3), np.uint8), None)
    assert not encoded
    shown: list[bytes] = []
    with sink.viewers.looking(shown.append):
        sink.write(np.zeros((4, 4, 3), np.uint8), None)
    assert len(encoded) == len(shown) == 1


def test_what_the_page_sets_the_loop_shows(site: Site) -> None:
    with site.looking() as pictures:
        answer = site.change({"effect.name": "replace", "replace.background": "#ff0000"})
        assert answer.json()["effect.name"] == "replace"
        awaited(pictures, (0, 0, 255))
        assert site.state()["effect.name"] == "replace"
        assert site.change({"replace.background": "#0000ff"}).status_code == 200
        awaited(pictures, (255, 0, 0))
        site.change({"run.paused": True})
        awaited(pictures, (48, 40, 36))  # the card


def test_what_somebody_else_sets_the_page_sees(site: Site) -> None:
    """A key in a window puts the very same commands into the loop's queue."""
    with site.looking() as pictures, site.get("api/live/events", stream=True) as answer:
        next(pictures)
        states = events(answer)
        assert not next(states)["source.mirror"]
        session = site.studio._session
        session.pipeline.commands.put(toggle("source.mirror"))
        assert next(state for state in states if state["source.mirror"])
        assert site.state()["source.mirror"]


def test_changes_made_while_the_camera_is_closed_hold_when_it_is_opened(site: Site) -> None:
    site.change({"effect.name": "replace", "replace.background": "#ff0000"})
    with site.looking() as pictures:
        awaited(pictures, (0, 0, 255))
        site.change({"source.mirror": True})
        until(lambda: site.state()["source.mirror"])
    until(lambda: not site.state()["running"])
    assert site.state()["source.mirror"]


def test_a_change_that_the_loop_had_no_time_for_is_not_lost(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    monkeypatch.setattr(Session, "run", lambda session, look: over.wait(20))
    with site.looking():
        until(lambda: site.state()["running"])
        site.change({"source.mirror": True})
        over.set()
        until(lambda: site.state()["source.mirror"])


def upload(site: Site, colour: tuple[int, int, int]) -> None:
    """Uploads a background of one colour."""
    files = {"image": ("beach.png", picture(200, 100, colour=colour))}
    answer = requests.post(f"{site.url}api/live/background", files=files, timeout=30)
    assert answer.status_code == 200, answer.text


def test_backgrounds_uploaded_while_the_camera_opens_are_shown(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    opening, go_on = threading.Event(), threading.Event()
    opened = Session.open

    def slowly(session: Session) -> None:
        opening.set()
        assert go_on.wait(20)
        opened(session)

    monkeypatch.setattr(Session, "open", slowly)
    upload(site, (250, 1, 2))
    with site.looking() as pictures:
        assert opening.wait(20)
        upload(site, (1, 250, 2))
        upload(site, (1, 2, 250))
        go_on.set()
        awaited(pictures, (250, 2, 1))
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


def test_of_many_backgrounds_only_the_last_are_kept(site: Site) -> None:
    for number in range(5):
        upload(site, (250, 1, number))
    shown = Path(site.studio.state().config.replace.background)
    assert shown.is_file()
    assert len(list(shown.parent.glob("*.jpg"))) <= 2


def test_a_picture_is_uploaded_as_the_background(site: Site) -> None:
    with site.looking() as pictures:
        for colour in ((250, 1, 2), (1, 2, 250)):
            upload(site, colour)
            awaited(pictures, colour[::-1])
    state = site.state()
    assert state["effect.name"] == "replace"
    assert "/" not in state["replace.background"]


def test_a_background_that_is_no_picture_changes_nothing(site: Site) -> None:
    before = site.state()
    for content, status in ((b"nothing", 415), (bytes(900_000), 413)):
        answer = requests.post(f"{site.url}api/live/background", files={"image": content}, timeout=30)
        assert answer.status_code == status
    assert site.state() == before


def test_a_background_for_which_the_disk_has_no_room_is_told_so(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    before = site.state()
    monkeypatch.setattr(Path, "write_bytes", full)
    answer = requests.post(f"{site.url}api/live/background", files={"image": picture()}, timeout=30)
    assert answer.status_code == 503
    assert "No space left" in answer.json()["error"]
    assert site.state() == before


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"replace.background": "/etc/passwd"}, "not a colour"),
        ({"replace.background": "#fff\n"}, "not a colour"),
        ({"output.file": "/tmp/x.mp4"}, "cannot be set here"),
        ({"source.camera": "/dev/video0"}, "cannot be set here"),
        ({"effect.name": "blurr"}, "Did you mean blur"),
        ({"blur.radius_px": 1e9}, "blur.radius_px"),
        ({"blur.radius_px": "wide"}, "blur.radius_px"),
        ({"source.mirror": 1}, "source.mirror"),
        ({"source.mirror": True, "blur.radius_px": -1}, "blur.radius_px"),
    ],
)
def test_what_the_page_must_not_set_is_refused_and_nothing_is_changed(
    site: Site, values: dict[str, Any], says: str
) -> None:
    before = site.state()
    answer = site.change(values)
    assert answer.status_code == 422
    assert says in answer.json()["error"]
    assert site.state() == before


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b'"x"', b'{"x":' + b"[" * 4000])
def test_a_change_that_is_no_object_is_refused(site: Site, body: bytes) -> None:
    assert requests.patch(f"{site.url}api/live", data=body, timeout=30).status_code == 400
    assert requests.patch(f"{site.url}api/live", data=bytes(9000), timeout=30).status_code == 413


def test_a_camera_that_cannot_be_opened_is_told_and_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(studio_module, "_AGAIN_S", 0.05)
    config = build({**VALUES, "source": {"camera": "/dev/video987"}})
    with site_of(config) as site, site.looking():
        assert "video987" in until(lambda: site.state()["problem"])
        fine = build(VALUES).source
        site.studio._config = replace(site.studio._config, source=fine)  # it was plugged in
        until(lambda: site.state()["running"])
        assert not site.state()["problem"]


def test_where_pictures_go_elsewhere_too_it_runs_from_the_start(tmp_path: Any) -> None:
    file = tmp_path / "out.mp4"
    config = build({**VALUES, "output": {"file": str(file)}, "run": {"frames": 5}})
    with site_of(config):
        until(file.exists)  # it has its name from the end on
    assert file.stat().st_size


def test_the_transparent_effect_is_shown_on_a_checkerboard() -> None:
    image = decoded(page.as_jpeg(np.zeros((64, 64, 4), np.uint8)))
    assert image.std() > 10
    assert set(np.unique(image // 64)) <= {1, 2}


def test_large_pictures_are_shrunk_for_the_page() -> None:
    assert decoded(page.as_jpeg(np.zeros((2160, 3840, 3), np.uint8))).shape == (720, 1280, 3)
    assert decoded(page.as_jpeg(np.zeros((1600, 400, 3), np.uint8))).shape == (720, 180, 3)
