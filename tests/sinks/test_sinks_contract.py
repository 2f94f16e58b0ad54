"""What every sink of the registry promises, as far as it needs no device and no screen."""

import numpy as np
import pytest

from live_seg.config import build
from live_seg.frame import Frame, Size
from live_seg.sinks import Stream, sinks

NEED_A_DEVICE = {"virtual_camera", "window"}
WITHOUT_DEVICE = sorted(set(sinks.names()) - NEED_A_DEVICE)


@pytest.fixture(params=WITHOUT_DEVICE)
def sink(request, tmp_path):
    config = build({"output": {"file": str(tmp_path / "out.webm")}})
    with sinks.get(request.param)(config, Stream(Size(64, 48), 25.0, lossless=True)) as opened:
        yield opened


def give(sink, index, shape=(48, 64, 3)):
    picture = np.full(shape, index % 256, np.uint8)
    sink.write(picture, Frame(picture[..., :3], index, index / 25))


def test_it_says_what_it_is(sink):
    assert sink.name
    assert sink.takes_alpha in (True, False)
    assert sink.main_thread in (True, False)


def test_it_takes_pictures_and_neither_keeps_nor_changes_them(sink):
    picture = np.full((48, 64, 3), 7, np.uint8)
    picture.flags.writeable = False
    sink.write(picture, Frame(picture, 0, 0.0))
    assert (picture == 7).all()


def test_it_takes_pictures_of_changing_size(sink):
    for index, shape in enumerate([(48, 64, 3), (64, 48, 3), (1, 1, 3), (480, 640, 3)]):
        give(sink, index, shape)


def test_a_sink_that_takes_alpha_takes_both_kinds_in_any_order(sink):
    if sink.takes_alpha:
        for index, channels in enumerate([4, 3, 4, 3]):
            give(sink, index, (48, 64, channels))


def test_it_can_be_pumped_and_closed_twice(sink):
    give(sink, 0)
    sink.pump()
    sink.close()
    sink.close()


def test_it_can_be_closed_without_a_picture(sink):
    sink.close()
