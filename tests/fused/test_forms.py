"""Which effects are graphs."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from made_clips import make_clip

from live_seg.config import build
from live_seg.effects import EffectBase, open_effect
from live_seg.effects.blur import Blur
from live_seg.effects.replace import Replace
from live_seg.effects.transparent import Transparent
from live_seg.frame import Size
from live_seg.fused.forms import BlurForm, ReplaceForm, TransparentForm, background_of, form_of


class Sepia(EffectBase):
    """An effect of another package."""


def test_our_effects_have_a_form() -> None:
    assert form_of(open_effect(build({"blur": {"radius_px": 7}}))) == BlurForm(7)
    assert form_of(open_effect(build({"effect": {"name": "replace"}}))) == ReplaceForm()
    assert form_of(open_effect(build({"effect": {"name": "transparent"}}))) == TransparentForm()


def test_an_effect_of_another_package_has_none() -> None:
    assert form_of(Sepia()) is None  # type: ignore[arg-type]


@pytest.mark.parametrize("ours", [Blur, Replace, Transparent])
def test_an_effect_made_from_one_of_ours_has_none(ours: type[Blur | Replace | Transparent]) -> None:
    """It makes another picture, which the graph of ours knows nothing of."""
    other = type("Mosaic", (ours,), {})(build({}))
    assert form_of(other) is None
    assert background_of(other, Size(30, 20)) is None


def test_a_background_that_plays_has_none_and_one_that_stands_still_goes_in_as_a_picture(tmp_path: Path) -> None:
    clip, picture = tmp_path / "clip.mp4", tmp_path / "picture.png"
    make_clip(clip)
    cv2.imwrite(str(picture), np.full((40, 60, 3), 77, np.uint8))
    replaced = [
        open_effect(build({"effect": {"name": "replace"}, "replace": {"background": str(f)}})) for f in (clip, picture)
    ]
    assert form_of(replaced[0]) is None
    assert background_of(replaced[0], Size(30, 20)) is None  # its frames are the compose stage's to take
    assert form_of(replaced[1]) == ReplaceForm()
    background = background_of(replaced[1], Size(30, 20))
    assert background is not None
    assert (background == 77).all()
    assert background is background_of(replaced[1], Size(30, 20))  # the same array: it need not be sent again
    assert background_of(open_effect(build({})), Size(30, 20)) is None
