import cv2
import numpy as np
import pytest

from live_seg.config import Config, build
from live_seg.sources.picture import PictureSource


@pytest.fixture
def photo(tmp_path):
    image = np.full((20, 30, 3), 99, np.uint8)
    (tmp_path / "photo.png").write_bytes(cv2.imencode(".png", image)[1].tobytes())
    return str(tmp_path / "photo.png")


def opened(photo, values=None):
    return PictureSource(photo, build(values) if values else Config(), lambda: 0.0)


def test_a_picture_is_given_once(photo):
    source = opened(photo)
    assert source.read(1).image.shape == (20, 30, 3)
    assert source.read(1) is None


@pytest.mark.parametrize("values", [{"run": {"frames": 3}}, {"run": {"seconds": 0.1}}])
def test_a_picture_is_given_again_and_again_when_more_is_asked_for(photo, values):
    source = opened(photo, values)
    frames = [source.read(1) for _ in range(10)]
    assert [frame.index for frame in frames] == list(range(10))
    assert [frame.time for frame in frames] == pytest.approx([index / 30 for index in range(10)])


def test_a_picture_is_given_again_and_again_where_it_is_shown(photo):
    source = opened(photo)
    source.repeat = True
    assert all(source.read(1) for _ in range(5))


def test_its_array_cannot_be_written_to(photo):
    with pytest.raises(ValueError, match="read-only"):
        opened(photo).read(1).image[0] = 0


def test_a_closed_picture_is_over(photo):
    source = opened(photo)
    source.close()
    assert source.read(1) is None
