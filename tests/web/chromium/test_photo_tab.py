"""Every control of the photo tab, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image as Pillow
from playwright.sync_api import expect
from served import LIMITS, VALUES, Site, picture, site_of
from visitor import Open, chosen, downloaded, drop, paste, pressed, ready, take

from live_seg.config import build
from live_seg.photo import Cutter
from live_seg.service import Busy, Desk


def test_a_photo_is_cut_out_compared_and_downloaded(site: Site, open_page: Open) -> None:
    page = open_page(site, "#photo")
    expect(page.locator("#download")).to_have_attribute("aria-disabled", "true")
    take(page, picture(120, 90, "JPEG"))
    ready(page)
    expect(page.locator("#slider")).to_be_visible()
    page.locator("#slider").focus()
    for _ in range(3):
        pressed(page, "PageUp")
    assert float(page.locator("#slider").input_value()) > 60
    assert page.evaluate("document.getElementById('compare').style.getPropertyValue('--at')") != "50%"
    made = downloaded(page, page.locator("#download").click)
    assert (made.info["name"], made.format, made.mode, made.size) == ("cat-cutout.png", "PNG", "RGBA", (120, 90))
    assert downloaded(page, lambda: pressed(page, "d")).size == (120, 90)


def test_backgrounds_crop_and_another_picture(site: Site, open_page: Open) -> None:
    page = open_page(site, "#photo")
    take(page, picture(120, 90, "JPEG"))
    ready(page)

    def after(change: Callable[[], None]) -> Pillow.Image:
        before = page.locator("#download").get_attribute("href")
        change()
        expect(page.locator("#download")).not_to_have_attribute("href", before or "")
        ready(page)
        return downloaded(page, page.locator("#download").click)

    after(lambda: chosen(page, "behinds", "colour"))
    made = after(lambda: page.locator("#photo-colour").fill("#0a14ff"))
    assert made.getpixel((1, 1)) == (10, 20, 255)
    made = after(lambda: chosen(page, "behinds", "blur"))
    assert made.mode == "RGB"
    after(lambda: page.locator("#photo-strength").fill("40"))
    chosen(page, "behinds", "own")
    beach = {"name": "beach.png", "mimeType": "image/png", "buffer": picture(30, 30, colour=(9, 8, 7))}
    made = after(lambda: page.set_input_files("#own-file", beach))
    assert made.getpixel((1, 1)) == (9, 8, 7)
    expect(page.locator("#own-name")).to_have_text("beach.png")
    made = after(lambda: page.locator("#crop").check())
    assert made.size != (120, 90)
    expect(page.locator("#slider")).to_be_hidden()
    assert after(lambda: take(page, picture(300, 240, "JPEG"))).size[0] > made.size[0]


def test_a_picture_can_be_dropped_and_pasted(site: Site, open_page: Open) -> None:
    page = open_page(site, "#photo")
    for give in (drop, paste):
        page.reload()
        give(page, picture())
        ready(page)


def test_person_or_pet_is_offered_where_both_models_are_there(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    own = Desk.submit

    def noted(desk: Desk, data: bytes, request: Any, model: str, *rest: Any, **named: Any) -> Any:
        asked.append(model)
        return own(desk, data, request, model, *rest, **named)

    monkeypatch.setattr(Desk, "submit", noted)
    with site_of(build(VALUES), models=("person", "pets")) as site:
        page = open_page(site, "#photo")
        expect(page.locator("#subjects")).to_have_text(re.compile(r"Person\s*Pet"))
        chosen(page, "subjects", "pets")
        take(page, picture())
        ready(page)
    assert asked == ["pets"]
    with site_of(build(VALUES)) as site:
        expect(open_page(site, "#photo").locator("#subjects-row")).to_be_hidden()


def test_an_error_is_said_in_its_line_and_the_next_picture_works(site: Site, open_page: Open) -> None:
    page = open_page(site, "#photo", refused=True)
    take(page, b"no picture at all")
    expect(page.locator("#toast")).to_contain_text("is no picture that can be read")
    expect(page.locator("#download")).to_have_attribute("aria-disabled", "true")
    take(page, bytes(LIMITS.bytes + 1))
    expect(page.locator("#toast")).to_contain_text("cat.jpg has 1 MB")
    take(page, picture())
    ready(page)
    expect(page.locator("#toast")).to_be_hidden()


def test_a_busy_server_is_asked_again_when_it_said(
    site: Site, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, refusals = Desk.submit, [Busy(2)]

    def refuses_once(desk: Desk, *rest: Any, **named: Any) -> Any:
        if refusals:
            raise refusals.pop()
        return own(desk, *rest, **named)

    monkeypatch.setattr(Desk, "submit", refuses_once)
    monkeypatch.setattr("live_seg.web.answers.RETRY_AFTER_S", 1)
    page = open_page(site, "#photo", refused=True)
    take(page, picture())
    expect(page.locator("#photo-note")).to_contain_text("trying again")
    ready(page)


def test_a_lost_server_is_said(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Cutter, "matte", None)  # never asked
    with site_of(build(VALUES)) as site:
        page = open_page(site, "#photo", refused=True)
        expect(page.locator("#drop")).to_be_visible()
    take(page, picture())
    expect(page.locator("#toast")).to_contain_text("does not answer")
