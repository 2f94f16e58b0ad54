"""What every source of the registry promises; the camera's is tested on fake captures (test_camera.py)."""

import cv2
import numpy as np
import pytest
from made_clips import make_clip

from live_seg.config import build
from live_seg.frame import Size
from live_seg.sources import sources

NEED_A_DEVICE = {"camera"}
WITHOUT_DEVICE = sorted(set(sources.names()) - NEED_A_DEVICE)


@pytest.fixture
def addresses(tmp_path):
    make_clip(tmp_path / "clip.mp4", 8)
    (tmp_path / "photo.png").write_bytes(cv2.imencode(".png", np.zeros((9, 16, 3), np.uint8))[1].tobytes())
    return {"video": str(tmp_path / "clip.mp4"), "picture": str(tmp_path / "photo.png")}


@pytest.fixture(params=WITHOUT_DEVICE)
def source(request, addresses):
    config = build({"source": {"size": "96x54", "fps": 20.0}})
    with sources.get(request.param)(addresses.get(request.param, ""), config, lambda: 0.0) as opened:
        yield opened


def first(source, count=8):
    frames = []
    while len(frames) < count and (frame := source.read(1.0)) is not None:
        frames.append(frame)
    return frames


def test_it_says_what_it_is(source):
    assert source.name
    assert isinstance(source.size, Size)
    assert source.fps > 0
    assert source.live is False


def test_frames_are_bgr_of_its_size(source):
    for frame in first(source):
        assert frame.image.dtype == np.uint8
        assert frame.image.shape == (source.size.height, source.size.width, 3)
        assert frame.image.flags.c_contiguous


def test_indices_count_from_0_and_times_rise(source):
    frames = first(source)
    assert [frame.index for frame in frames] == list(range(len(frames)))
    times = [frame.time for frame in frames]
    assert times == sorted(set(times))


def test_a_frame_is_not_written_to_after_it_was_given(source):
    frames = first(source, 3)
    before = [frame.image.copy() for frame in frames]
    first(source, 5)
    for frame, image in zip(frames, before, strict=True):
        assert np.array_equal(frame.image, image)


def test_at_the_end_comes_none_and_again_none(source):
    first(source, 20)
    if source.name in ("clip.mp4", "photo.png"):
        assert source.read(1.0) is None
        assert source.read(1.0) is None


def test_closing_twice_is_allowed(source):
    source.close()
    source.close()
