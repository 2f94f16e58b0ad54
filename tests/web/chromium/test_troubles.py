"""What goes wrong between the page and the server, and that the page says it as it is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect
from served import LIMITS, VALUES, Site, picture, site_of, until
from visitor import Open, chosen, drop, ready, shows, take

from live_seg.config import build


def beach(colour: tuple[int, int, int] = (10, 60, 200)) -> dict[str, object]:
    return {"name": "beach.png", "mimeType": "image/png", "buffer": picture(300, 200, colour=colour)}


def test_a_server_that_comes_back_is_heard_and_seen_again(open_page: Open) -> None:
    with site_of(build(VALUES)) as site:
        page = open_page(site, "#live", refused=True)
        until(lambda: site.state()["running"])
        port = int(site.host.partition(":")[2])
    note = page.locator("#live-note")
    expect(note).to_contain_text("does not answer")
    with site_of(build(VALUES), port=port, token="1234567890abcdef"):
        expect(note).to_contain_text("load this page again")
    red = build({**VALUES, "effect": {"name": "replace"}, "replace": {"background": "#ff0000"}})
    with site_of(red, port=port):
        until(shows(page, (255, 0, 0)), 40)
        expect(note).to_be_hidden()


def test_a_switch_whose_change_did_not_arrive_does_not_say_that_it_did(site: Site, open_page: Open) -> None:
    page = open_page(site, "#photo", refused=True)
    events = {"content_type": "text/event-stream", "body": f"data: {site.get('api/live').text}\n\n"}
    page.route("**/api/live/events", lambda route: route.fulfill(**events))
    page.route("**/api/live/picture*", lambda route: route.abort())
    page.route("**/api/live", lambda route: route.fulfill(status=401, json={"error": "the token is wrong"}))
    page.locator("#tab-live").click()
    expect(page.locator("#effects input[value=blur]")).to_be_checked()
    page.evaluate("document.getElementById('paused').click()")
    expect(page.locator("#toast")).to_contain_text("load this page again")
    assert not page.locator("#paused").is_checked()


def test_a_background_that_is_too_large_is_told_without_sending_it(site: Site, open_page: Open) -> None:
    page = open_page(site, "#live", refused=True)
    chosen(page, "effects", "replace")
    page.set_input_files("#background-file", {**beach(), "buffer": bytes(20 * LIMITS.bytes)})
    expect(page.locator("#toast")).to_contain_text("beach.png has 8 MB")


def test_of_two_backgrounds_the_one_that_was_chosen_last_stays(site: Site, open_page: Open) -> None:
    page = open_page(site, "#live", refused=True)
    chosen(page, "effects", "replace")
    held: list[Route] = []

    def hold_the_first(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    page.route("**/api/live/background", hold_the_first)
    page.set_input_files("#background-file", beach((250, 0, 0)))
    until(lambda: page.evaluate("1") and held)
    page.wait_for_timeout(1500)  # events come meanwhile
    expect(page.locator("#live-note")).to_have_text("Sending the background …")
    page.set_input_files("#background-file", beach((0, 0, 250)))
    until(shows(page, (0, 0, 250)))
    expect(page.locator("#live-note")).to_be_hidden()
    expect(page.locator("#toast")).to_be_hidden()
    assert held[0].request.failure


def test_an_answer_that_breaks_off_is_told_in_our_words(site: Site, open_page: Open) -> None:
    page = open_page(site, "#photo", refused=True)
    page.evaluate("() => { Response.prototype.blob = async () => { throw new TypeError('Failed to fetch'); }; }")
    take(page, picture())
    expect(page.locator("#toast")).to_contain_text("does not answer")


@pytest.mark.parametrize("how", ["written anew", "removed"])
def test_a_file_that_is_not_as_it_was_chosen_is_told_so(site: Site, open_page: Open, tmp_path: Path, how: str) -> None:
    page = open_page(site, "#photo", refused=True)
    file = tmp_path / "cat.png"
    file.write_bytes(picture())
    page.set_input_files("#photo-file", file)
    ready(page)
    file.unlink()
    if how == "written anew":
        file.write_bytes(picture(200, 100))
        os.utime(file, (1, 1))
    chosen(page, "behinds", "blur")
    expect(page.locator("#toast")).to_contain_text("cat.png cannot be read")


def test_a_key_that_is_held_down_counts_once(site: Site, open_page: Open) -> None:
    page = open_page(site, "#live")
    expect(page.locator("#effects input[value=blur]")).to_be_checked()
    changes: list[str] = []
    page.on("request", lambda request: changes.append(request.method) if request.method == "PATCH" else None)
    page.locator("#help-open").focus()
    for _ in range(4):
        page.keyboard.down("p")
    page.keyboard.up("p")
    until(lambda: site.state()["run.paused"])
    expect(page.locator("#paused")).to_be_checked()
    assert changes == ["PATCH"]


def test_with_forced_colours_what_is_chosen_can_be_told_from_what_is_not(site: Site, open_page: Open) -> None:
    page = open_page(site, "#photo", forced_colors="active")
    for box in ("#crop", "#behinds input[value=blur] + span"):
        place = page.locator(box)
        before = place.screenshot()
        place.click(force=True)
        page.mouse.move(1, 1)
        page.evaluate("document.activeElement.blur()")
        assert place.screenshot() != before


def test_a_change_that_nobody_answers_is_given_up(site: Site, open_page: Open) -> None:
    page = open_page(site, "#live", refused=True)
    until(lambda: site.state()["running"])
    expect(page.locator("#effects input[value=blur]")).to_be_checked()
    page.evaluate("() => { const own = AbortSignal.timeout; AbortSignal.timeout = () => own.call(AbortSignal, 700); }")
    page.route("**/api/live", lambda route: None)
    page.locator("#paused").check()
    expect(page.locator("#toast")).to_contain_text("does not answer")
    expect(page.locator("#paused")).not_to_be_checked()
    page.unroute("**/api/live")
    page.locator("#paused").check()
    until(lambda: site.state()["run.paused"])


def test_a_page_that_could_not_be_begun_says_so_until_it_is_read(site: Site, open_page: Open) -> None:
    page = open_page(site, "#photo", refused=True)
    page.clock.install()
    page.route("**/api/offer", lambda route: route.fulfill(status=502))
    page.reload()
    expect(page.locator("#toast")).to_contain_text("Load this page again")
    page.clock.run_for(20_000)
    expect(page.locator("#toast")).to_be_visible()


def test_of_several_pictures_that_are_dropped_it_is_said_that_one_was_taken(site: Site, open_page: Open) -> None:
    page = open_page(site, "#photo")
    drop(page, picture(), picture(120, 90))
    ready(page)
    expect(page.locator("#toast")).to_contain_text("One picture at a time")
    drop(page, picture())
    expect(page.locator("#toast")).to_be_hidden()
