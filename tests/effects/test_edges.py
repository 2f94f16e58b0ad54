from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from live_seg.config import build
from live_seg.effects.edges import EdgeColours, edge_colours
from live_seg.effects.replace import Replace
from live_seg.effects.transparent import FAINT, Transparent
from live_seg.frame import Alpha, Halved, Image, Size
from live_seg.shrink import halved

HAIR, WALL = (40, 60, 80), (235, 240, 245)


SIZE = Size(640, 360)


def before_a_wall(size: Size = SIZE, soft_px: int = 8) -> tuple[Image, Alpha]:
    """A round dark head with a soft edge before a bright wall, as a camera sees them."""
    alpha = np.zeros((size.height, size.width), np.uint8)
    cv2.circle(alpha, (size.width // 2, size.height // 2), size.height // 4, 255, -1)
    alpha = np.asarray(cv2.blur(alpha, (soft_px, soft_px)), np.uint8)
    share = alpha[..., None] / 255
    return np.round(share * np.array(HAIR) + (1 - share) * np.array(WALL)).astype(np.uint8), alpha


def off(picture: Image, alpha: Alpha, background: tuple[int, int, int]) -> float:
    """Greatest difference, in levels, from the head in its own colours before the background."""
    share = alpha[..., None] / 255
    return float(np.abs(picture - (share * np.array(HAIR) + (1 - share) * np.array(background))).max())


@pytest.mark.parametrize(("text", "background"), [("#000000", (0, 0, 0)), ("#00b140", (64, 177, 0))])
def test_nothing_of_the_wall_glows_at_soft_edges(text: str, background: tuple[int, int, int]) -> None:
    image, alpha = before_a_wall()
    picture = Replace(build({"replace": {"background": text}}))(image, alpha)
    share = alpha[..., None] / 255
    glowing = share * image + (1 - share) * np.array(background)
    left = off(glowing.astype(np.uint8), alpha, background)
    assert left > 40, "what the wall leaves otherwise"
    assert off(picture, alpha, background) < 0.3 * left


def test_what_has_straight_alpha_has_the_persons_colours() -> None:
    image, alpha = before_a_wall()
    picture = Transparent(build({}))(image, alpha)
    seen = alpha > FAINT
    assert np.abs(image[seen].astype(int) - HAIR).max() > 150
    assert np.abs(picture[seen][:, :3].astype(int) - HAIR).max() < 30


def test_a_sharp_edge_and_the_person_stay_as_they_are() -> None:
    image = np.random.default_rng(0).integers(0, 256, (120, 200, 3), np.uint8)
    alpha = np.zeros((120, 200), np.uint8)
    alpha[30:90, 50:150] = 255
    picture = Replace(build({"replace": {"background": "#102030"}}))(image, alpha)
    assert np.array_equal(picture, np.where(alpha[..., None] == 255, image, np.array((0x30, 0x20, 0x10), np.uint8)))


@given(st.integers(1, 50), st.integers(1, 50), st.integers(0, 255), st.integers(0, 2**32))
def test_one_colour_everywhere_stays_that_colour(width: int, height: int, level: int, seed: int) -> None:
    image = np.full((height, width, 3), level, np.uint8)
    alpha = np.random.default_rng(seed).integers(0, 256, (height, width), np.uint8)
    assert np.abs(edge_colours(image, alpha).astype(int) - level).max() <= 1


def test_what_was_halved_already_makes_the_same_colours() -> None:
    image, alpha = before_a_wall(Size(1280, 720))
    edges, plain = EdgeColours(), edge_colours(image, alpha)
    small = halved(image, Size(256, 160))
    edges.see(Halved(image, small))
    assert np.abs(edges(image, alpha).astype(int) - plain).max() <= 1
    edges.see(Halved(image.copy(), np.zeros_like(small)))  # of another frame
    assert np.array_equal(edges(image, alpha), plain)


def test_its_memory_is_used_again() -> None:
    image, alpha = before_a_wall()
    edges = EdgeColours()
    assert edges(image, alpha) is edges(image, alpha)
    assert edges(image[:40], alpha[:40]).shape == (40, 640, 3)
