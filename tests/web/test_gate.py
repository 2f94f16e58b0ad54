"""Who may come in: names of this machine, this page, whoever knows the token."""

from __future__ import annotations

import http.client
from collections.abc import Iterator

import pytest
import requests
from served import VALUES, Site, picture, site_of

from live_seg.config import build
from live_seg.web.gate import HEADERS

TOKEN = "1234567890abcdef"


@pytest.fixture
def guarded() -> Iterator[Site]:
    """A page that listens wider, with a token."""
    with site_of(build(VALUES), names={"studio.local"}, any_address=True, token=TOKEN) as served:
        yield served


def status(site: Site, path: str = "", method: str = "GET", **headers: str) -> int:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    options = {"allow_redirects": False, "stream": True, "timeout": 30}  # the live picture never ends
    with requests.request(method, site.url + path, headers=named, **options) as answer:
        return answer.status_code


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1234", "127.0.0.1:80", "[::1]:8765", "localhost."])
def test_names_of_this_machine_may_stand_in_host(site: Site, host: str) -> None:
    assert status(site, "api/live", Host=host) == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8765", "localhost.evil.example", "192.168.0.7", "", "[", "a@localhost@b"]
)
def test_other_names_are_refused_also_where_they_lead_here(site: Site, host: str) -> None:
    assert status(site, "api/live", Host=host) in (400, 403)


def test_two_hosts_are_refused(site: Site) -> None:
    connection = http.client.HTTPConnection(site.host, timeout=30)
    connection.putrequest("GET", "/api/live", skip_host=True)
    connection.putheader("Host", "localhost")
    connection.putheader("Host", "evil.example")
    connection.endheaders()
    assert connection.getresponse().status in (400, 403)
    connection.close()


def test_who_listens_wider_is_visited_by_any_address_and_by_the_names_that_are_allowed(guarded: Site) -> None:
    token = {"Authorization": f"Bearer {TOKEN}"}
    assert status(guarded, "api/live", Host="192.168.0.7:8765", **token) == 200
    assert status(guarded, "api/live", Host="studio.local", **token) == 200
    assert status(guarded, "api/live", Host="evil.example", **token) == 403


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://localhost:1", "https://127.0.0.1", "file://"]
)
def test_what_another_page_sends_is_refused(site: Site, origin: str) -> None:
    before = site.state()
    answer = requests.patch(f"{site.url}api/live", json={"run.paused": True}, headers={"Origin": origin}, timeout=30)
    assert answer.status_code == 403
    assert site.cut(headers={"Origin": origin}).status_code == 403
    assert site.state() == before


def test_what_the_page_itself_sends_is_taken(site: Site) -> None:
    own = {"Origin": site.url.rstrip("/"), "Sec-Fetch-Site": "same-origin"}
    assert site.cut(headers=own).status_code == 200


@pytest.mark.parametrize("where", ["cross-site", "same-site"])
def test_another_page_cannot_open_the_camera_with_a_picture_tag(site: Site, where: str) -> None:
    headers = {"Sec_Fetch_Site": where, "Sec_Fetch_Mode": "no-cors", "Sec_Fetch_Dest": "image"}
    assert status(site, "api/live/picture", **headers) == 403
    assert not len(site.studio.viewers)


def test_another_page_may_link_to_this_one(site: Site) -> None:
    headers = {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate"}
    assert status(site, "", **headers) == 200
    assert status(site, "api/live/picture", **headers) == 403


def test_every_answer_carries_the_safety_headers(site: Site) -> None:
    for answer in (site.get(""), site.get("nowhere"), site.get("api/live"), site.cut(b"no picture"), site.cut()):
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert site.cut().headers["Cache-Control"] == "no-store"
    assert "server" not in site.get("").headers


def test_without_the_token_nothing_is_answered_but_what_asks_for_it(guarded: Site) -> None:
    for path in ("api/live", "api/offer", "api/live/picture", "api/live/events", "openapi.json", "nowhere"):
        assert guarded.get(path).status_code == 401
    assert guarded.cut().status_code == 401
    page = guarded.get("")
    assert page.status_code == 401
    assert 'name="token"' in page.text
    assert guarded.get("static/page.css").status_code == 200


def cookie_of(site: Site) -> str:
    """The name of the cookie that who knows the token gets."""
    with requests.Session() as visitor:
        visitor.get(site.url, params={"token": TOKEN}, timeout=30)
        return str(visitor.cookies.keys()[0])


@pytest.mark.parametrize("word", ["", "wrong", TOKEN[:-1], TOKEN + "x", "é" * 8])
def test_a_wrong_token_does_not_open(guarded: Site, word: str) -> None:
    assert guarded.get("", params={"token": word}).status_code == 401
    assert guarded.get("api/live", headers={"Authorization": f"Bearer {word}".encode()}).status_code == 401
    assert guarded.get("api/live", headers={"Cookie": f"{cookie_of(guarded)}={word}".encode()}).status_code == 401


def test_the_token_leaves_the_address_and_becomes_a_cookie_that_scripts_cannot_read(
    guarded: Site,
) -> None:
    visitor = requests.Session()
    answer = visitor.get(guarded.url, params={"token": TOKEN}, timeout=30)
    assert answer.status_code == 200
    assert TOKEN not in answer.url
    (redirect,) = answer.history
    cookie = redirect.headers["Set-Cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert visitor.get(f"{guarded.url}api/live", timeout=30).status_code == 200


@pytest.mark.parametrize("other", ['prefs={"a": 1}', "a b=1", "expires=never", "name=José"])
def test_cookies_of_other_programs_of_this_machine_do_not_hide_it(guarded: Site, other: str) -> None:
    cookies = f"{other}; {cookie_of(guarded)}={TOKEN}".encode()
    assert guarded.get("api/live", headers={"Cookie": cookies}).status_code == 200


def test_programs_send_the_token_as_a_bearer(guarded: Site) -> None:
    answer = guarded.cut(picture(), headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200


def test_who_typed_a_wrong_token_is_told_and_blanks_round_it_do_not_count(guarded: Site) -> None:
    assert " hidden>That" in guarded.get("").text
    assert " hidden>That" not in guarded.get("", params={"token": "wrong"}).text
    assert guarded.get("", params={"token": f" {TOKEN}\n"}, allow_redirects=False).status_code == 303


def test_two_pages_on_one_host_know_the_same_visitor(guarded: Site) -> None:
    with site_of(build(VALUES), token="another token") as other, requests.Session() as visitor:
        for served, token in ((guarded, TOKEN), (other, "another token")):
            assert visitor.get(served.url, params={"token": token}, timeout=30).status_code == 200
        for served in (guarded, other):
            assert visitor.get(f"{served.url}api/live", timeout=30).status_code == 200
