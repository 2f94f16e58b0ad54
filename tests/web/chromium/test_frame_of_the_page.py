"""What both tabs share: keys, phones, dark and light, the keyboard's way, the token, and nothing from elsewhere."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from served import VALUES, Site, picture, site_of, until
from visitor import PHONE, Open, pressed, ready, take

from live_seg.config import build


def test_keys_do_what_they_do_in_the_window(site: Site, open_page: Open) -> None:
    page = open_page(site, "#live")
    expect(page.locator("#effects input[value=blur]")).to_be_checked()
    pressed(page, "b")
    until(lambda: site.state()["effect.name"] == "replace")
    pressed(page, "m")
    until(lambda: site.state()["source.mirror"])
    pressed(page, "p")
    until(lambda: site.state()["run.paused"])
    pressed(page, "s")
    expect(page.locator("#statistics")).to_be_visible()
    pressed(page, "h")
    expect(page.locator("#help")).to_be_visible()
    pressed(page, "p")  # not while the help is open
    pressed(page, "Escape")
    expect(page.locator("#help")).to_be_hidden()
    assert site.state()["run.paused"]
    pressed(page, "2")
    expect(page.locator("#photo")).to_be_visible()
    page.locator("#tab-photo").focus()
    pressed(page, "ArrowLeft")
    expect(page.locator("#tab-live")).to_be_focused()
    expect(page.locator("#live")).to_be_visible()


def test_single_keys_can_be_turned_off_and_stay_off(site: Site, open_page: Open) -> None:
    """For who steers by voice: WCAG 2.2, 2.1.4."""
    page = open_page(site, "#live")
    pressed(page, "h")
    page.get_by_label("Use these keys").uncheck()
    pressed(page, "Escape")
    for _ in range(2):
        until(lambda: site.state()["running"])
        pressed(page, "p")
        pressed(page, "h")
        expect(page.locator("#help")).to_be_hidden()
        assert not site.state()["run.paused"]
        page.reload()
    page.locator("#help-open").click()
    page.get_by_label("Use these keys").check()
    pressed(page, "Escape")
    pressed(page, "p")
    until(lambda: site.state()["run.paused"])


@pytest.mark.parametrize("tab", ["live", "photo"])
def test_on_a_phone_everything_fits_and_fingers_hit_it(site: Site, open_page: Open, tab: str) -> None:
    page = open_page(site, f"#{tab}", **PHONE)
    if tab == "photo":
        expect(page.locator("#photo-camera")).to_be_attached()
        expect(page.get_by_text("Take a photo")).to_be_visible()
        take(page, picture(120, 160, "JPEG"))
        ready(page)
    else:
        until(lambda: site.state()["running"])
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    stage = page.locator(f"#{tab}-stage").bounding_box()
    panel = page.locator(f"#{tab}-panel").bounding_box()
    assert stage and panel
    assert stage["width"] == 390
    assert panel["y"] >= stage["y"] + stage["height"] - 1
    for control in page.locator(".segments:visible > *, .button:visible, .row:visible").all():
        box = control.bounding_box()
        assert box and box["height"] >= 35, control.inner_html()


def test_dark_and_light_follow_the_system_and_text_can_be_read_in_both(site: Site, open_page: Open) -> None:
    def shade(page: Page, selector: str, what: str) -> float:
        style = "([selector, what]) => getComputedStyle(document.querySelector(selector))[what]"
        red, green, blue = map(float, re.findall(r"[\d.]+", page.evaluate(style, [selector, what]))[:3])
        return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255

    for scheme in ("light", "dark"):
        page = open_page(site, "#photo", color_scheme=scheme)
        expect(page.locator("#photo-panel")).to_be_visible()
        ground, ink = shade(page, "body", "backgroundColor"), shade(page, "body", "color")
        assert (ground > ink) == (scheme == "light")
        assert abs(ground - ink) > 0.7
        soft = shade(page, "legend", "color")
        assert abs(shade(page, "#photo-panel", "backgroundColor") - soft) > 0.4


def test_everything_can_be_reached_with_the_keyboard(site: Site, open_page: Open) -> None:
    page = open_page(site, "#photo")
    take(page, picture())
    ready(page)
    met = set()
    for _ in range(20):
        pressed(page, "Tab")
        met.add(page.evaluate("document.activeElement.id || document.activeElement.name"))
    assert {"tab-photo", "help-open", "slider", "behind", "crop", "download", "another"} <= met


@pytest.mark.parametrize("size", [(740, 360), (320, 256)])  # a phone held sideways; 1280x1024 at 400%, WCAG 2.2, 1.4.10
def test_where_there_is_little_height_the_picture_covers_no_control(
    site: Site, open_page: Open, size: tuple[int, int]
) -> None:
    page = open_page(site, "#photo", **{**PHONE, "viewport": {"width": size[0], "height": size[1]}})
    take(page, picture())
    ready(page)
    on_top = """() => {
      const place = document.activeElement.closest('label') || document.activeElement;
      const {left, top, width, height} = place.getBoundingClientRect();
      return place === document.body || place.contains(document.elementFromPoint(left + width / 2, top + height / 2));
    }"""
    stage = page.locator("#photo-stage").bounding_box()
    assert stage
    assert stage["width"] >= min(size[0], 400)
    for key in ["Tab"] * 12 + ["Shift+Tab"] * 10:
        pressed(page, key)
        assert page.evaluate(on_top), page.evaluate("document.activeElement.outerHTML")


def test_on_a_phone_the_heading_is_still_read_out_and_the_example_can_be_scrolled(site: Site, open_page: Open) -> None:
    page = open_page(site, "#photo", **PHONE)
    expect(page.get_by_role("heading", name="live-seg")).to_have_count(1)
    page = open_page(site, "docs", **PHONE)
    page.locator("#example").focus()
    expect(page.locator("#example")).to_be_focused()


def test_with_a_token_the_page_asks_for_it_once(open_page: Open) -> None:
    token = "1234567890abcdef"
    with site_of(build(VALUES), token=token) as site:
        page = open_page(site, refused=True)
        page.locator("input[name=token]").fill(token)
        page.get_by_role("button", name="Open").click()
        expect(page.locator("#photo")).to_be_visible()
        assert token not in page.url
        take(page, picture())
        ready(page)


def test_a_link_of_another_page_with_the_token_opens_the_page(open_page: Open) -> None:
    token = "1234567890abcdef"
    with site_of(build(VALUES)) as elsewhere, site_of(build(VALUES), token=token) as site:
        page = open_page(elsewhere)
        for link in (f"{site.url}?token={token}", site.url):  # and once the cookie is there, without
            page.goto(elsewhere.url.replace("127.0.0.1", "localhost"))
            page.evaluate("link => { location.href = link; }", link)
            expect(page.locator("#photo")).to_be_visible()
            assert page.url.startswith(site.url)


def test_the_page_of_the_api_is_drawn_from_its_description(site: Site, open_page: Open) -> None:
    page = open_page(site, "docs")
    expect(page.get_by_role("heading", name="POST /api/cutout")).to_be_visible()
    expect(page.locator("#example")).to_contain_text(f"{site.url}api/cutout")


def test_nothing_is_loaded_from_anywhere_else(site: Site, open_page: Open) -> None:
    page = open_page(site, "docs")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in ("#photo", "docs", "#live"):
        page.goto(site.url + path)
        page.reload()
    until(lambda: site.state()["running"])
    assert asked
    assert all(url.startswith((site.url, "blob:")) for url in asked)
