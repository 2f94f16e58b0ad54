"""`POST /api/cutout` answers a PNG, or one clear line with a fitting status."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from io import BytesIO

import numpy as np
import pytest
import requests
from PIL import Image as Pillow
from served import LIMITS, Site, picture, until
from starlette.datastructures import UploadFile

from live_seg.errors import EngineError
from live_seg.photo import Cutter, Photo, Request


def opened(answer: requests.Response) -> np.ndarray:
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "image/png"
    return np.asarray(Pillow.open(BytesIO(answer.content)))


def line(answer: requests.Response, status: int) -> str:
    """The one line of a refusal."""
    assert answer.status_code == status, answer.text
    values = answer.json()
    assert list(values) == ["error"]
    assert "\n" not in values["error"]
    return values["error"]


def test_it_answers_a_png_with_the_subject_on_nothing(site: Site) -> None:
    made = opened(site.cut())
    assert made.shape == (48, 64, 4)
    assert made[24, 32, 3] == 255
    assert made[0, 0, 3] == 0


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "BMP", "GIF", "TIFF"])
def test_it_takes_other_kinds_of_pictures(site: Site, kind: str) -> None:
    assert opened(site.cut(picture(kind=kind))).shape == (48, 64, 4)


def test_a_colour_stands_behind(site: Site) -> None:
    assert tuple(opened(site.cut(query="?background=%230a14ff"))[0, 0]) == (10, 20, 255)


def test_the_background_can_be_blurred(site: Site) -> None:
    assert opened(site.cut(query="?background=blur&blur_px=40")).shape == (48, 64, 3)


def test_an_own_picture_stands_behind(site: Site) -> None:
    files = {"image": picture(), "background": picture(colour=(9, 8, 7))}
    made = opened(requests.post(f"{site.url}api/cutout", files=files, timeout=30))
    assert tuple(made[0, 0]) == (9, 8, 7)


def test_it_is_cropped_to_the_subject(site: Site) -> None:
    height, width = opened(site.cut(query="?crop=true")).shape[:2]
    assert height < 48 or width < 64


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("?background=/etc/passwd", "transparent, blur, or a colour"),
        ("?background=../secret.png", "transparent, blur, or a colour"),
        ("?model=persn", "Did you mean person"),
        ("?crop=perhaps", "crop"),
        ("?blur_px=1000", "blur_px"),
        ("?blur_px=nan", "blur_px"),
        ("?colour=red", "colour"),
    ],
)
def test_a_query_that_does_not_fit_is_refused(site: Site, query: str, says: str) -> None:
    assert says in line(site.cut(query=query), 422)


def test_a_file_that_is_no_picture_is_refused(site: Site) -> None:
    assert "no picture" in line(site.cut(b"<svg/> or whatever"), 415)


def test_a_broken_picture_is_refused(site: Site) -> None:
    assert "broken" in line(site.cut(picture(400, 400, "JPEG")[:3000]), 415)


def test_an_empty_file_is_refused(site: Site) -> None:
    answer = requests.post(f"{site.url}api/cutout", files={"image": ("x.png", b"")}, timeout=30)
    assert "empty" in line(answer, 415)


def test_what_is_no_form_is_refused(site: Site) -> None:
    answer = requests.post(f"{site.url}api/cutout", data=picture(), timeout=30)
    assert "multipart/form-data" in line(answer, 415)


def test_a_form_without_the_file_is_refused(site: Site) -> None:
    answer = requests.post(f"{site.url}api/cutout", files={"picture": picture()}, timeout=30)
    assert "'image'" in line(answer, 400)


def test_text_in_place_of_the_file_is_refused(site: Site) -> None:
    answer = requests.post(f"{site.url}api/cutout", files={"image": (None, "text")}, timeout=30)
    assert "'image'" in line(answer, 400)


def test_a_broken_form_is_refused(site: Site) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = requests.post(f"{site.url}api/cutout", data=b"no boundary here", headers=headers, timeout=30)
    assert line(answer, 400)


def test_too_many_pixels_are_refused_before_they_are_decoded(site: Site) -> None:
    assert "megapixels" in line(site.cut(picture(3000, 1000, colour=(1, 2, 3))), 413)


def test_too_many_bytes_are_refused(site: Site) -> None:
    assert "the image has" in line(site.cut(bytes(LIMITS.bytes + 1)), 413)


def announced(site: Site, length: int) -> int:
    """The status for a body of which nothing but its length is sent."""
    connection = http.client.HTTPConnection(site.host, timeout=30)
    connection.putrequest("POST", "/api/cutout")
    connection.putheader("Content-Type", "multipart/form-data; boundary=x")
    connection.putheader("Content-Length", str(length))
    connection.putheader("Expect", "100-continue")
    connection.endheaders()
    status = connection.getresponse().status
    connection.close()
    return status


def test_a_body_that_says_it_is_too_long_is_refused_by_its_header(site: Site) -> None:
    assert announced(site, 999_999_999_999) == 413


def test_a_body_without_a_length_is_cut_off_at_the_limit(site: Site) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        yield b'--x\r\nContent-Disposition: form-data; name="image"; filename="x"\r\n\r\n'
        while sent < 100 * LIMITS.bytes:
            sent += 65536
            yield bytes(65536)

    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    try:
        answer = requests.post(f"{site.url}api/cutout", data=endless(), headers=headers, timeout=30)
        assert line(answer, 413)
    except requests.ConnectionError:  # it was closed while we were still sending
        pass
    assert sent < 50 * LIMITS.bytes


def test_an_upload_that_takes_too_long_is_cut_off_and_makes_room(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("live_seg.web.upload.PATIENCE_S", 0.1)
    monkeypatch.setattr("live_seg.web.upload._DRAIN_S", 0.1)
    for _ in range(5):  # more than there are places
        connection = http.client.HTTPConnection(site.host, timeout=30)
        headers = {"Content-Type": "multipart/form-data; boundary=x", "Content-Length": "1000"}
        connection.request("POST", "/api/cutout", b"--x\r\n", headers)
        assert connection.getresponse().status == 408
        connection.close()


class Slow:
    """A cutter that waits in its work until it is let go on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.count = 0
        own = Cutter.__call__

        def waits(cutter: Cutter, photo: Photo, request: Request | None = None) -> Photo:
            self.count += 1
            self.begun.set()
            assert self.go_on.wait(30)
            return own(cutter, photo, request)

        monkeypatch.setattr(Cutter, "__call__", waits)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Slow:
    return Slow(monkeypatch)


def test_who_comes_when_all_places_are_taken_is_told_when_to_come_again(site: Site, slow: Slow) -> None:
    answers: list[requests.Response] = []
    threads = [threading.Thread(target=lambda: answers.append(site.cut())) for _ in range(8)]
    for thread in threads:
        thread.start()
    until(lambda: len(answers) == 5)  # one is worked on, two wait
    assert {answer.status_code for answer in answers} == {429}
    assert all(int(answer.headers["Retry-After"]) > 0 for answer in answers)
    assert "waiting" in line(answers[0], 429)
    slow.go_on.set()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [200] * 3 + [429] * 5
    assert site.cut().status_code == 200


def test_who_comes_when_all_places_are_taken_is_refused_before_his_picture_is_read(site: Site, slow: Slow) -> None:
    threads = [threading.Thread(target=site.cut) for _ in range(3)]
    for thread in threads:
        thread.start()
    until(lambda: site.desk.open_jobs == 3)
    assert announced(site, 1000) == 429
    slow.go_on.set()
    for thread in threads:
        thread.join()


def test_who_hangs_up_makes_room_for_others(site: Site, slow: Slow) -> None:
    running = threading.Thread(target=site.cut)
    running.start()
    assert slow.begun.wait(30)
    for _ in range(6):
        connection = http.client.HTTPConnection(site.host, timeout=30)
        prepared = requests.Request("POST", f"{site.url}api/cutout", files={"image": picture()}).prepare()
        connection.request("POST", "/api/cutout", prepared.body, dict(prepared.headers))
        until(lambda: site.desk.open_jobs == 2)
        connection.close()
        until(lambda: site.desk.open_jobs == 1)
    slow.go_on.set()
    running.join()
    assert site.cut().status_code == 200
    assert slow.count == 2


def test_a_full_disk_is_said(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(file: UploadFile, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(UploadFile, "write", full)
    assert "No space left" in line(site.cut(), 503)


def test_a_network_that_does_not_run_is_said(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(cutter: Cutter, photo: Photo) -> None:
        raise EngineError("the GPU fell off the bus", "Push it in.")

    monkeypatch.setattr(Cutter, "matte", fails)
    assert line(site.cut(), 503) == "the GPU fell off the bus. Push it in."


def test_a_picture_without_a_subject_is_said(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Cutter, "matte", lambda cutter, photo: np.zeros(photo.image.shape[:2], np.uint8))
    assert "no person was found" in line(site.cut(), 422)


def test_a_defect_is_one_line_without_anything_of_the_inside(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(cutter: Cutter, photo: Photo) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(Cutter, "matte", fails)
    assert "secret" not in line(site.cut(), 500)
    monkeypatch.undo()
    assert site.cut().status_code == 200


def test_other_paths_and_methods_are_told_in_json_too(site: Site) -> None:
    assert "/nowhere" in line(site.get("nowhere"), 404)
    assert line(site.get("api/cutout"), 405)
    assert line(site.get("static/nowhere.js"), 404)
    assert site.get("static/%2e%2e/app.py").status_code == 404
