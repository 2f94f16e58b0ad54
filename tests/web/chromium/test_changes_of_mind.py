"""A choice that comes while an older one is under way: what is shown and downloaded is always what is chosen."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, Route, expect
from served import Site, picture, until
from visitor import Open, chosen, downloaded, drop, paste, ready, take

# Each step on the way of an answer into the page can be held, and let go on later.
HOLD = """() => {
  window.held = [];
  for (const [kind, step] of [[Response, 'blob'], [HTMLImageElement, 'decode']]) {
    const own = kind.prototype[step];
    kind.prototype[step] = async function () {
      const made = await own.call(this);
      if (window.holding === step) await new Promise((go, fail) => window.held.push({go, fail}));
      return made;
    };
  }
}"""


@pytest.fixture
def page(site: Site, open_page: Open) -> Page:
    page = open_page(site, "#photo")
    page.evaluate(HOLD)
    return page


@contextmanager
def held(page: Page, step: str) -> Iterator[None]:
    """What comes to this step before the block stays there."""
    page.evaluate("step => { window.holding = step; }", step)
    yield
    until(lambda: page.evaluate("window.held.length"))
    page.evaluate("window.holding = ''")


def released(page: Page, end: str) -> None:
    """Lets the held one go on, or fail, until nothing comes of it any more."""
    page.evaluate(
        """async end => {
          for (const one of window.held) one[end](new Error('released'));
          for (let turn = 0; turn < 20; turn++) await new Promise(resolve => setTimeout(resolve));
        }""",
        end,
    )


def state(page: Page) -> dict[str, object]:
    return page.evaluate(
        """() => {
          const [before, after, link, note, toast] =
            ['before', 'after', 'download', 'photo-note', 'toast'].map(id => document.getElementById(id));
          return {
            original: before.naturalWidth, size: [after.naturalWidth, after.naturalHeight], shown: after.src,
            hidden: after.hidden, kind: after.className, link: link.href, off: link.ariaDisabled,
            note: note.textContent, toast: toast.hidden,
          };
        }"""
    )


@pytest.mark.parametrize("give", [take, drop, paste])
def test_a_picture_given_before_the_page_knows_what_is_offered_is_cut_out(
    page: Page, give: Callable[[Page, bytes], None]
) -> None:
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    page.route("**/api/offer", hold)
    page.reload()
    until(lambda: page.evaluate("true") and waiting)
    give(page, picture())
    waiting[0].continue_()
    ready(page)


def test_a_new_choice_gives_up_the_one_that_is_under_way(page: Page) -> None:
    take(page, picture())
    for value in ("colour", "blur", "transparent", "colour"):
        chosen(page, "behinds", value)
    page.locator("#photo-colour").fill("#0a14ff")
    ready(page)
    assert downloaded(page, page.locator("#download").click).getpixel((1, 1)) == (10, 20, 255)
    expect(page.locator("#toast")).to_be_hidden()


@pytest.mark.parametrize("end", ["go", "fail"])
@pytest.mark.parametrize("step", ["blob", "decode"])
def test_an_answer_that_comes_late_changes_nothing(page: Page, step: str, end: str) -> None:
    take(page, picture())
    ready(page)
    with held(page, step):
        chosen(page, "behinds", "colour")
    chosen(page, "behinds", "blur")
    ready(page)
    before = state(page)
    released(page, end)
    assert state(page) == before
    assert downloaded(page, page.locator("#download").click).mode == "RGB"


@pytest.mark.parametrize("step", ["blob", "decode"])
def test_another_picture_ends_what_is_under_way_for_the_one_before(page: Page, step: str) -> None:
    take(page, picture())
    ready(page)
    with held(page, step):
        chosen(page, "behinds", "colour")
    take(page, picture(120, 90), "other.png")
    ready(page)
    released(page, "go")
    assert state(page)["size"] == [120, 90]
    made = downloaded(page, page.locator("#download").click)
    assert (made.size, made.info["name"]) == ((120, 90), "other-cutout.png")


def test_a_picture_that_is_read_slowly_does_not_come_over_the_next(page: Page) -> None:
    with held(page, "decode"):
        take(page, picture())
    take(page, picture(120, 90))
    ready(page)
    until(lambda: state(page)["original"] == 120)
    released(page, "go")
    assert state(page)["original"] == 120


def test_from_the_moment_of_a_choice_the_older_picture_cannot_be_downloaded(page: Page) -> None:
    take(page, picture())
    ready(page)
    chosen_now = """() => {
      document.querySelector('#behinds input[value=blur]').click();
      const link = document.getElementById('download');
      return [link.hasAttribute('href'), link.ariaDisabled, document.getElementById('photo-note').textContent];
    }"""
    assert page.evaluate(chosen_now) == [False, "true", "Cutting out …"]
    ready(page)
    assert downloaded(page, page.locator("#download").click).mode == "RGB"


def test_while_an_own_background_is_missing_the_page_asks_for_it(page: Page) -> None:
    take(page, picture())
    ready(page)
    with held(page, "blob"):
        chosen(page, "behinds", "colour")
    chosen(page, "behinds", "own")
    released(page, "go")
    expect(page.locator("#photo-note")).to_have_text(re.compile("Choose the picture"))
    expect(page.locator("#download")).to_have_attribute("aria-disabled", "true")
    chosen(page, "behinds", "transparent")
    ready(page)
    assert downloaded(page, page.locator("#download").click).mode == "RGBA"


def test_the_picture_is_seen_as_it_came_while_it_is_cut_out(page: Page) -> None:
    with held(page, "blob"):
        take(page, picture())
        expect(page.locator("#before")).to_be_visible()
    expect(page.locator("#after")).to_be_hidden()
    released(page, "go")
    ready(page)
    expect(page.locator("#slider")).to_be_visible()
