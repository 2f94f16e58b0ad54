"""A real browser at a page with a synthetic camera."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from served import VALUES, Site, site_of, until
from visitor import Open

from live_seg.config import build

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="package")
def site() -> Iterator[Site]:
    """One page for all tests; each that changes the loop begins with its own settings."""
    with site_of(build({**VALUES, "source": {**VALUES["source"], "fps": 10}})) as served:
        yield served


@pytest.fixture(autouse=True)
def as_at_the_start(site: Site) -> None:
    until(lambda: not site.state()["running"])
    site.change({"effect.name": "blur", "blur.radius_px": 16, "source.mirror": False, "run.paused": False})


@pytest.fixture(scope="module")  # while it is open, no other test of this process can run an event loop of its own
def browser() -> Iterator[Browser]:
    if not CHROMIUM:
        pytest.skip("no Chromium")
    with sync_playwright() as driver:
        # --no-sandbox: the tests may run as root, where Chromium refuses its own.
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()


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
