"""Pictures for people: the worst mattes on one sheet, overlays, a histogram of scores."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path

import cv2
import numpy as np

from live_seg.errors import UsageError
from live_seg.evaluation.metrics import binary
from live_seg.frame import Alpha, Image
from live_seg.writing import write_whole

_TILE_HEIGHT = 200
_CAPTION_HEIGHT = 18
_RED, _BLUE, _GREEN = (60, 60, 235), (235, 120, 40), (90, 190, 60)


def errors_overlay(image: Image, predicted: Alpha, truth: Alpha) -> Image:
    """The picture in grey, what was wrongly taken for a person in red, what was missed in blue."""
    grey = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    ours, theirs = binary(predicted), binary(truth)
    result = np.asarray(grey, np.uint8)
    for where, colour in ((ours & theirs, _GREEN), (ours & ~theirs, _RED), (theirs & ~ours, _BLUE)):
        strength = 0.25 if colour is _GREEN else 0.65
        result[where] = np.asarray(result[where] * (1 - strength) + np.array(colour) * strength, np.uint8)
    return result


def matte_overlay(image: Image, alpha: Alpha) -> Image:
    """The picture with what is not person sunk in green, softly where the matte is soft."""
    keep = alpha.astype(np.float32)[:, :, None] / 255
    sunk = image * np.float32(0.25) + np.array(_GREEN, np.float32) * np.float32(0.5)
    return np.asarray(np.rint(image * keep + sunk * (1 - keep)), np.uint8)


def contact_sheet(tiles: Iterable[tuple[str, Image]], columns: int = 5) -> Image:
    """Tiles of one height with their captions, row by row, on white.

    Parameters
    ----------
    tiles
        Caption and picture, uint8 (H, W, 3) of any size; at least one. They are made small one by one.
    columns
        Tiles in a row.
    """
    fitted = [(caption, fit(picture)) for caption, picture in tiles]
    cell = max(picture.shape[1] for _, picture in fitted) + 6
    high = _TILE_HEIGHT + _CAPTION_HEIGHT + 6
    columns = min(columns, len(fitted))
    sheet = np.full((math.ceil(len(fitted) / columns) * high, columns * cell, 3), 255, np.uint8)
    for number, (caption, picture) in enumerate(fitted):
        top, left = number // columns * high, number % columns * cell
        under = top + _CAPTION_HEIGHT
        sheet[under : under + picture.shape[0], left : left + picture.shape[1]] = picture
        text = caption[: max(4, cell // 7)]
        _write(sheet, text, (left + 2, top + 13), 0.4)
    return sheet


def histogram(values: Sequence[float], caption: str, bins: int = 20) -> Image:
    """Bars: how many of `values` (0..1) lie in each of `bins` equal parts of the range."""
    width, height, foot = 640, 320, 24
    counts, _ = np.histogram(np.clip(values, 0, 1), bins=bins, range=(0, 1))
    chart = np.full((height, width, 3), 255, np.uint8)
    step = width / bins
    for number, count in enumerate(counts):
        top = height - foot - round((height - foot - 40) * count / max(1, counts.max()))
        left, right = round(number * step) + 2, round((number + 1) * step) - 2
        cv2.rectangle(chart, (left, top), (right, height - foot), _BLUE, -1)
        if count:
            _write(chart, str(count), (left, top - 4), 0.35)
        _write(chart, f"{number / bins:.2f}", (left - 2, height - 8), 0.3)
    _write(chart, caption, (8, 18), 0.5)
    return chart


def write_picture(picture: Image, file: Path) -> None:
    """Writes a picture; the ending names the format.

    Raises
    ------
    UsageError
        If it cannot be written.
    """
    try:
        ok, content = cv2.imencode(file.suffix, picture)
    except cv2.error:  # a suffix that it does not know
        ok = False
    if not ok:
        raise UsageError(f"{file} cannot be written as a picture", "Name it .jpg, .png or .webp.")
    write_whole(file, content.tobytes())


def _write(picture: Image, text: str, at: tuple[int, int], scale: float) -> None:
    known = text.encode(errors="replace").decode()  # OpenCV crashes on a file's name that is no UTF-8
    cv2.putText(picture, known, at, cv2.FONT_HERSHEY_SIMPLEX, scale, (0, 0, 0), 1, cv2.LINE_AA)


def fit(picture: Image) -> Image:
    """A picture or a matte at a sheet's height, or smaller if it is very wide."""
    width = max(1, round(picture.shape[1] * _TILE_HEIGHT / picture.shape[0]))
    if width > 2 * _TILE_HEIGHT:  # a very wide picture would make every cell as wide
        width, high = 2 * _TILE_HEIGHT, max(1, round(picture.shape[0] * 2 * _TILE_HEIGHT / picture.shape[1]))
        return np.asarray(cv2.resize(picture, (width, high), interpolation=cv2.INTER_AREA), np.uint8)
    return np.asarray(cv2.resize(picture, (width, _TILE_HEIGHT), interpolation=cv2.INTER_AREA), np.uint8)
