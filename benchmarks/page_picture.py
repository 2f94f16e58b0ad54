"""Makes docs/page.webp: the page in a browser and on a phone, with the demo's portrait; needs Chromium.

python benchmarks/page_picture.py
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, expect, sync_playwright

REPOSITORY = Path(__file__).resolve().parent.parent
PORTRAIT = REPOSITORY / "live_seg" / "assets" / "astronaut.webp"
HEIGHT = 460
GAP = 16


def main() -> None:
    """Writes the picture."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    command = [sys.executable, "-m", "live_seg", "web", "--port", "0", "--camera", "demo"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process, sync_playwright() as driver:
        assert process.stdout is not None
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found
        options = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        browser = driver.chromium.launch(executable_path=chromium, args=options)
        try:
            panels = [photo(browser, found[0]), phone(browser, found[0])]
        finally:
            browser.close()
            process.terminate()
    panels = [panel.resize((round(panel.width * HEIGHT / panel.height), HEIGHT), Image.LANCZOS) for panel in panels]
    whole = Image.new("RGB", (sum(panel.width for panel in panels) + GAP, HEIGHT), "white")
    whole.paste(panels[0], (0, 0))
    whole.paste(panels[1], (panels[0].width + GAP, 0))
    target = REPOSITORY / "docs" / "page.webp"
    whole.save(target, quality=82, method=6)
    print(f"{target}: {whole.size}, {target.stat().st_size} bytes")


def photo(browser: Browser, url: str) -> Image.Image:
    """The photo tab on a desk, light, a portrait half cut out."""
    page = browser.new_page(viewport={"width": 1180, "height": 720}, device_scale_factor=1.5, color_scheme="light")
    page.goto(f"{url}#photo")
    page.set_input_files("#photo-file", PORTRAIT)
    expect(page.locator("#download")).to_have_attribute("href", re.compile("^blob:"), timeout=60_000)
    page.locator("#slider").fill("46")
    return _shot(page.screenshot())


def phone(browser: Browser, url: str) -> Image.Image:
    """The live tab on a phone, dark, the room blurred."""
    page = browser.new_page(
        viewport={"width": 390, "height": 720},
        device_scale_factor=2,
        is_mobile=True,
        has_touch=True,
        color_scheme="dark",
    )
    page.goto(f"{url}#live")
    page.locator("#statistics-on").check()
    expect(page.locator("#statistics")).to_contain_text("compose", timeout=60_000)  # the network runs
    page.locator("#statistics-on").uncheck()
    page.wait_for_timeout(2000)
    expect(page.locator("#live-note")).to_be_hidden(timeout=60_000)
    return _shot(page.screenshot())


def _shot(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data)).convert("RGB")


if __name__ == "__main__":
    main()
