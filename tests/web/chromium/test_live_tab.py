"""Every control of the live tab, in a real browser with a synthetic camera."""

from __future__ import annotations

from playwright.sync_api import expect
from served import VALUES, Site, picture, site_of, until
from visitor import Open, chosen, shows

from live_seg.config import build
from live_seg.config.commands import setting, toggle


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
