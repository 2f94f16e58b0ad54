"""`live-seg web` as it is started."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from served import picture

from live_seg.cli.main import main
from live_seg.cli.web import address
from live_seg.service import Desk
from live_seg.web.studio import Studio

Start = Callable[..., tuple[subprocess.Popen[str], str]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts the command, and gives the process and the address that it printed."""
    running: list[subprocess.Popen[str]] = []

    def begin(*words: str, **environment: str) -> tuple[subprocess.Popen[str], str]:
        command = [sys.executable, "-m", "live_seg", "web", "--port", "0", "--engine", "fixed", *words]
        process = subprocess.Popen(
            command, env={**os.environ, **environment}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        running.append(process)
        assert process.stdout is not None
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found, process.communicate(timeout=30)
        return process, found[0]

    yield begin
    for process in running:
        process.terminate()
        try:
            process.communicate(timeout=30)
        finally:
            process.kill()


def test_it_prints_its_address_serves_the_page_and_ends_with_ctrl_c(start: Start, tmp_path: Path) -> None:
    process, url = start("--camera", "synthetic", TMPDIR=str(tmp_path))
    assert list(tmp_path.iterdir())
    assert "<title>live-seg</title>" in requests.get(url, timeout=30).text
    assert requests.post(f"{url}api/cutout", files={"image": picture()}, timeout=30).content[:4] == b"\x89PNG"
    assert requests.get(f"{url}api/offer", timeout=30).json()["starts_live"]
    process.send_signal(signal.SIGINT)
    _, log = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "Traceback" not in log
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("method", ["__enter__", "__exit__"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_it_starts_or_ends_leaves_nothing_behind(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, method: str, number: signal.Signals
) -> None:
    real = getattr(Desk, method)
    made = []

    def signalled(desk: Desk, *words: object) -> object:
        made.extend(tmp_path.iterdir())
        signal.raise_signal(number)
        return real(desk, *words)

    def unheard(number: int, frame: object) -> None:
        raise AssertionError("the signal would have ended the process at once")

    before = signal.signal(number, unheard)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(Desk, method, signalled)
    monkeypatch.setattr(Studio, "run", lambda studio: None)
    try:
        assert main(["web", "--port", "0", "--engine", "fixed"]) == 0
    finally:
        signal.signal(number, before)
    assert made
    assert list(tmp_path.iterdir()) == []


def test_it_ends_while_somebody_looks(start: Start) -> None:
    process, url = start("--camera", "synthetic", "--size", "320x180")
    with requests.get(f"{url}api/live/picture", stream=True, timeout=30) as answer:
        next(answer.iter_content(1000))
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "Traceback" not in log


def test_a_camera_that_is_not_there_is_said_at_the_start_and_photos_go_on(start: Start) -> None:
    process, url = start("--camera", "nope")
    assert requests.post(f"{url}api/cutout", files={"image": picture()}, timeout=30).content[:4] == b"\x89PNG"
    process.send_signal(signal.SIGINT)
    _, log = process.communicate(timeout=30)
    assert log.splitlines()[0].startswith("live-seg: no camera has 'nope' in its name.")


def test_who_named_no_camera_begins_with_photos(start: Start) -> None:
    _, url = start()
    assert not requests.get(f"{url}api/offer", timeout=30).json()["starts_live"]


def test_a_token_is_made_when_it_listens_wider(start: Start) -> None:
    _, url = start("--host", "0.0.0.0")
    token = url.partition("?token=")[2]
    assert len(token) == 32
    local = f"http://127.0.0.1:{url.split(':')[2].partition('/')[0]}/"
    assert requests.get(local, timeout=30).status_code == 401
    assert requests.get(local, params={"token": token}, timeout=30).status_code == 200


def test_a_token_is_made_when_another_name_is_allowed(start: Start) -> None:
    _, url = start("--allow-host", "studio.example.org")
    place, _, token = url.partition("?token=")
    assert len(token) == 32
    headers = {"Host": "studio.example.org"}
    assert requests.get(f"{place}api/offer", headers=headers, timeout=30).status_code == 401
    headers["Authorization"] = f"Bearer {token}"
    assert requests.get(f"{place}api/offer", headers=headers, timeout=30).status_code == 200


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="no IPv6")
def test_all_addresses_are_those_of_ipv4_too(start: Start) -> None:
    _, url = start("--host", "::")
    port = url.split(":")[2].partition("/")[0]
    for place in ("127.0.0.1", "[::1]"):
        assert requests.get(f"http://{place}:{port}/", timeout=30).status_code == 401


def test_the_token_of_the_environment_counts_on_loopback_too(start: Start) -> None:
    token = "0123456789abcdefXYZ"
    _, url = start(LIVE_SEG_TOKEN=token)
    assert url.endswith(f"?token={token}")
    assert requests.get(url.partition("?")[0] + "api/offer", timeout=30).status_code == 401


@pytest.mark.parametrize("token", ["short", "with spaces and more", "ümläute0123456789"])
def test_a_token_that_can_be_guessed_or_not_be_sent_is_refused(
    token: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LIVE_SEG_TOKEN", token)
    assert main(["web", "--port", "0"]) == 2
    assert "16 letters and digits" in capsys.readouterr().err


def test_a_port_that_is_taken_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["web", "--port", str(port)]) == 1
    assert f"port {port} is taken" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--port", "70000"], "no port 70000"),
        (["--waiting", "0"], "--waiting"),
        (["--host", "no such place"], "no address"),
        (["--camera", "nowhere.mp4"], "nowhere.mp4"),
        (["--effect", "blurr"], "Did you mean blur"),
    ],
)
def test_wrong_use_is_said_before_anything_is_opened(
    words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["web", *words]) == 2
    assert says in capsys.readouterr().err


def test_the_address_can_be_typed_into_a_browser() -> None:
    assert address("127.0.0.1", 8765, "") == "http://127.0.0.1:8765/"
    assert address("::1", 8765, "abc") == "http://[::1]:8765/?token=abc"
    assert re.fullmatch(r"http://[\d.]+:8765/", address("0.0.0.0", 8765, ""))


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")
def test_memory_stays_bounded_under_200_uploads_at_once(start: Start) -> None:
    process, url = start()
    body = picture(900, 700)  # 1.9 MB of noise: all of them would be 380 MB, decoded 380 MB more

    def resident_mb() -> float:
        return int(Path(f"/proc/{process.pid}/statm").read_text().split()[1]) * 4096 / 1e6

    def upload(_: int) -> tuple[int, float]:
        status = requests.post(f"{url}api/cutout", files={"image": body}, timeout=120).status_code
        return status, resident_mb()

    assert upload(0)[0] == 200
    before = resident_mb()
    with ThreadPoolExecutor(200) as pool:
        answers = list(pool.map(upload, range(200)))
    assert {status for status, _ in answers} == {200, 429}
    assert max(memory for _, memory in answers) - before < 150
