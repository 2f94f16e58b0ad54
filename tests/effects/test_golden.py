"""Golden pictures: every effect on one synthetic frame, kept as figures of its blocks and not as files of pixels.

Where an effect was changed on purpose, write the new figures and look at the pictures that it leaves here:

    python tests/effects/test_golden.py
"""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from live_seg.config import Config, build
from live_seg.effects import effects, open_effect
from live_seg.frame import Image
from live_seg.sources.synthetic import SyntheticSource

FILE = Path(__file__).with_name("golden.json")
COLUMNS, ROWS = 8, 6
LEVELS = 2.0
"""How far figures may be off: OpenCV's builds round differently."""

CONFIGS = {
    **{name: {"effect": {"name": name}} for name in effects.names()},
    "blur, strong": {"effect": {"name": "blur"}, "blur": {"radius_px": 60}},
    "replace by red": {"effect": {"name": "replace"}, "replace": {"background": "#ff0000"}},
}


def picture(case: str) -> Image:
    source = SyntheticSource("", build({"source": {"size": "320x240"}}), lambda: 0.0)
    config: Config = build(CONFIGS[case])
    return open_effect(config)(source.frame(9).image, source.alpha(9))


def figures(image: Image) -> dict[str, list[list[float]]]:
    """Mean and standard deviation of each block, over its channels one after the other."""
    found: dict[str, list[list[float]]] = {"mean": [], "deviation": []}
    for rows in np.array_split(image.astype(float), ROWS):
        blocks = np.array_split(rows, COLUMNS, axis=1)
        found["mean"].append([round(level, 1) for block in blocks for level in block.mean((0, 1))])
        found["deviation"].append([round(level, 1) for block in blocks for level in block.std((0, 1))])
    return found


@pytest.mark.parametrize("case", CONFIGS)
def test_the_picture_is_the_golden_one(case: str) -> None:
    golden = json.loads(FILE.read_text(encoding="utf-8"))[case]
    for name, found in figures(picture(case)).items():
        assert np.abs(np.array(found) - golden[name]).max() <= LEVELS, name


def test_the_figures_tell_a_shifted_or_sharper_picture(tmp_path: Path) -> None:
    golden = json.loads(FILE.read_text(encoding="utf-8"))["blur"]
    image = picture("blur")
    shifted = np.roll(image, 4, axis=1)
    sharper = picture("blur, strong")
    for other in (shifted, sharper):
        found = figures(other)
        assert max(np.abs(np.array(found[name]) - golden[name]).max() for name in found) > 2 * LEVELS


if __name__ == "__main__":
    lines = [f'"{case}": {json.dumps(figures(picture(case)))}' for case in CONFIGS]
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    for case in CONFIGS:
        cv2.imwrite(f"golden {case}.part.png", picture(case))
