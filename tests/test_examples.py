"""The code in the docs runs as it stands there."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent
from typing import Any

import numpy as np
import pytest

import live_seg
from live_seg.config import build

REPOSITORY = Path(__file__).parents[1]


def run_block(text: str, **names: Any) -> dict[str, Any]:
    exec(compile(text, "docs", "exec"), names)
    return names


def test_the_effect_of_the_page_on_extending_is_an_effect() -> None:
    page = (REPOSITORY / "docs" / "extending.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    effect = run_block(code)["Sepia"](build({"effect": {"options": {"strength": 0.8}}}))
    image = np.full((48, 64, 3), 120, np.uint8)
    alpha = np.zeros((48, 64), np.uint8)
    alpha[:, :32] = 255
    effect.warm(live_seg.Size(64, 48))
    picture = effect(image, alpha)
    assert (picture[:, :32] == 120).all()
    blue, _, red = picture[0, 40]
    assert blue < 120 < red


def test_the_example_of_the_package_gives_a_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = (live_seg.__doc__ or "").splitlines()
    code = dedent("\n".join(line for line in lines if line.startswith("    ")))
    fixed = build({"engine": {"name": "fixed"}})
    monkeypatch.setattr("live_seg.config.Config", lambda: fixed)
    image = np.random.default_rng(0).integers(0, 256, (720, 1280, 3), np.uint8)
    made = run_block(code, image=image)
    assert made["picture"].shape == image.shape
    assert np.array_equal(made["picture"][360, 640], image[360, 640])
