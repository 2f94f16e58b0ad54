import itertools

import cv2
import numpy as np
import pytest

from live_seg.config import build
from live_seg.sources.demo import DemoSource, _view


def made(size="640x360"):
    return DemoSource("", build({"source": {"size": size}}), lambda: 0.0)


def test_frames_are_the_same_on_every_run():
    assert np.array_equal(made().frame(50).image, made().frame(50).image)


def test_the_camera_moves_a_little_and_smoothly():
    source = made()
    grey = [cv2.cvtColor(source.frame(index).image, cv2.COLOR_BGR2GRAY).astype(np.float32) for index in range(0, 90, 3)]
    steps = [np.hypot(*cv2.phaseCorrelate(one, other)[0]) for one, other in itertools.pairwise(grey)]
    assert max(steps) < 4  # pixels in a tenth of a second
    assert sum(steps) > 10


@pytest.mark.parametrize("size", ["1280x720", "640x480", "360x640", "500x500", "7x5"])
def test_the_edge_of_the_portrait_is_never_seen(size):
    source = made(size)
    height, width = source._portrait.shape[:2]
    corners = np.array([[x, y, 1] for x in (0, source.size.width - 1) for y in (0, source.size.height - 1)]).T
    for time_s in np.arange(0, 60, 0.25):
        x, y = _view(time_s, source.size, type(source.size)(width, height)) @ corners
        assert x.min() >= -0.5
        assert y.min() >= -0.5
        assert x.max() <= width - 0.5
        assert y.max() <= height - 0.5


def test_the_face_is_in_upright_views_too():
    image = made("360x640").frame(0).image
    skin = image[120:220, 120:240].reshape(-1, 3).mean(0)
    assert skin[2] > skin[1] > skin[0]
    assert skin[2] > 130


def test_the_portrait_is_credited():
    from importlib.resources import files

    text = files("live_seg").joinpath("assets", "README.md").read_text(encoding="utf-8")
    for file in files("live_seg").joinpath("assets").iterdir():
        assert file.name == "README.md" or f"`{file.name}`" in text
