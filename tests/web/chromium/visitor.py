"""What a visitor of the page does, and sees."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image as Pillow
from playwright.sync_api import Page, expect

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


Open = Callable[..., Page]


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


def take(page: Page, data: bytes, name: str = "cat.jpg") -> None:
    page.set_input_files("#photo-file", {"name": name, "mimeType": "image/jpeg", "buffer": data})


def drop(page: Page, *pictures: bytes) -> None:
    _hand_over(page, "drop", "dataTransfer", *pictures)


def paste(page: Page, data: bytes) -> None:
    _hand_over(page, "paste", "clipboardData", data)


def _hand_over(page: Page, kind: str, holder: str, *pictures: bytes) -> None:
    page.evaluate(
        """([kind, holder, pictures]) => {
          const transfer = new DataTransfer();
          for (const bytes of pictures)
            transfer.items.add(new File([new Uint8Array(bytes)], 'x.png', {type: 'image/png'}));
          const event = new Event(kind, {bubbles: true, cancelable: true});
          Object.defineProperty(event, holder, {value: transfer});
          document.getElementById('photo').dispatchEvent(event);
        }""",
        [kind, holder, [list(data) for data in pictures]],
    )


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
