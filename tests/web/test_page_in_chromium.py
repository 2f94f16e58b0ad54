"""Every control of the page, in a real browser with a synthetic camera."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pillow
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from served import LIMITS, VALUES, Site, picture, site_of, until

from live_seg.config import build
from live_seg.config.commands import setting, toggle
from live_seg.photo import Cutter
from live_seg.service import Busy, Desk

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no Chromium")

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """One page for all tests; each that changes the loop begins with its own settings."""
    with site_of(build({**VALUES, "source": {**VALUES["source"], "fps": 10}})) as served:
        yield served


@pytest.fixture(autouse=True)
def as_at_the_start(site: Site) -> None:
    until(lambda: not site.state()["running"])
    site.change({"effect.name": "blur", "blur.radius_px": 16, "source.mirror": False, "run.paused": False})


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as driver:
        # --no-sandbox: the tests may run as root, where Chromium refuses its own.
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()


Open = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """Opens the page at a tab; in the end nothing may have been complained of on its console."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def opened(site: Site, tab: str = "", refused: bool = False, **options: Any) -> Page:
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if not refused:  # what a server refuses is on the console as well
            page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
        page.goto(site.url + tab)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not complaints


def pressed(page: Page, key: str) -> None:
    page.keyboard.press(key)


def seen(page: Page, selector: str = "#live-picture") -> np.ndarray:
    """What an <img> shows: RGB of its middle row, near its left edge."""
    corner = page.evaluate(
        """selector => {
          const image = document.querySelector(selector);
          if (!image.naturalWidth) return null;
          const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
          const context = canvas.getContext('2d');
          context.drawImage(image, 0, 0);
          return [...context.getImageData(2, 2, 1, 1).data];
        }""",
        selector,
    )
    return np.array(corner if corner else (0, 0, 0, 0))


def shows(page: Page, rgb: tuple[int, int, int]) -> Callable[[], bool]:
    return lambda: bool(np.abs(seen(page)[:3] - rgb).max() < 12 and seen(page)[3] == 255)


def chosen(page: Page, group: str, value: str) -> None:
    page.locator(f"#{group} input[value={value}]").check(force=True)


def test_the_live_tab_shows_the_picture_and_every_control_reaches_the_loop(site: Site, open_page: Open) -> None:
    page = open_page(site, "#live")
    chosen(page, "effects", "replace")
    page.locator("#background-colour").fill("#ff0000")
    until(shows(page, (255, 0, 0)))
    chosen(page, "effects", "blur")
    page.locator("#strength").fill("40")
    until(lambda: site.state()["blur.radius_px"] == 40)
    expect(page.locator("#strength-shown")).to_have_text("40")
    expect(page.locator("#background-row")).to_be_hidden()
    page.locator("#mirror").check()
    until(lambda: site.state()["source.mirror"])
    page.locator("#paused").check()
    until(shows(page, (36, 40, 48)))
    page.locator("#paused").uncheck()
    until(lambda: not site.state()["run.paused"])
    page.locator("#statistics-on").check()
    expect(page.locator("#statistics")).to_contain_text("FPS")
    chosen(page, "effects", "transparent")
    until(lambda: site.state()["effect.name"] == "transparent")
    expect(page.locator("#strength-row")).to_be_hidden()


def test_an_own_background_is_uploaded(site: Site, open_page: Open) -> None:
    page = open_page(site, "#live")
    chosen(page, "effects", "replace")
    beach = {"name": "beach.png", "mimeType": "image/png", "buffer": picture(300, 200, colour=(10, 60, 200))}
    page.set_input_files("#background-file", beach)
    until(shows(page, (10, 60, 200)))
    expect(page.locator("#background-shown")).to_have_text("own picture")


def test_what_somebody_else_changes_the_page_shows(site: Site, open_page: Open) -> None:
    page = open_page(site, "#live")
    until(lambda: site.state()["running"])
    for command in (setting("effect.name", "replace"), toggle("source.mirror"), setting("run.paused", True)):
        site.studio.command(command)  # as a key in a window does
    expect(page.locator("#effects input[value=replace]")).to_be_checked()
    expect(page.locator("#mirror")).to_be_checked()
    expect(page.locator("#paused")).to_be_checked()
    site.studio.command(toggle("source.mirror"))
    expect(page.locator("#mirror")).not_to_be_checked()


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


def test_the_camera_is_open_only_while_its_tab_is_looked_at(site: Site, open_page: Open) -> None:
    page = open_page(site, "#photo")
    expect(page.locator("#drop")).to_be_visible()
    assert not site.state()["running"]
    page.locator("#tab-live").click()
    until(lambda: site.state()["running"])
    page.locator("#tab-photo").click()
    until(lambda: not site.state()["running"])


def test_a_camera_that_cannot_be_opened_is_told(open_page: Open) -> None:
    with site_of(build({**VALUES, "source": {"camera": "/dev/video987"}})) as site:
        page = open_page(site, "#live")
        expect(page.locator("#live-note")).to_contain_text("video987")


def take(page: Page, data: bytes, name: str = "cat.jpg") -> None:
    page.set_input_files("#photo-file", {"name": name, "mimeType": "image/jpeg", "buffer": data})


def downloaded(page: Page, do: Callable[[], None]) -> Pillow.Image:
    with page.expect_download() as download:
        do()
    path = download.value.path()
    image = Pillow.open(BytesIO(Path(path).read_bytes()))
    image.info["name"] = download.value.suggested_filename
    return image


def ready(page: Page) -> None:
    expect(page.locator("#download")).to_have_attribute("href", re.compile("^blob:"))
    expect(page.locator("#photo-note")).to_be_hidden()


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
    for kind, holder in (("drop", "dataTransfer"), ("paste", "clipboardData")):
        page.reload()
        page.evaluate(
            """([kind, holder, bytes]) => {
              const transfer = new DataTransfer();
              transfer.items.add(new File([new Uint8Array(bytes)], 'x.png', {type: 'image/png'}));
              const event = new Event(kind, {bubbles: true, cancelable: true});
              Object.defineProperty(event, holder, {value: transfer});
              document.getElementById('drop').dispatchEvent(event);
            }""",
            [kind, holder, list(picture())],
        )
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
    expect(page.locator("#toast")).to_contain_text("cat.jpg has 0 MB")
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


def test_a_new_choice_gives_up_the_one_that_is_under_way(site: Site, open_page: Open) -> None:
    page = open_page(site, "#photo")
    take(page, picture())
    for value in ("colour", "blur", "transparent", "colour"):
        chosen(page, "behinds", value)
    page.locator("#photo-colour").fill("#0a14ff")
    until(lambda: (ready(page), downloaded(page, page.locator("#download").click).mode == "RGB")[1])
    assert downloaded(page, page.locator("#download").click).getpixel((1, 1)) == (10, 20, 255)
    expect(page.locator("#toast")).to_be_hidden()


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


def test_a_lost_server_is_said(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Cutter, "matte", None)  # never asked
    with site_of(build(VALUES)) as site:
        page = open_page(site, "#photo", refused=True)
        expect(page.locator("#drop")).to_be_visible()
    take(page, picture())
    expect(page.locator("#toast")).to_contain_text("does not answer")
