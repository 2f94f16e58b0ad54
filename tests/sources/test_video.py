import pytest
from made_clips import index_of, make_clip

from live_seg.config import Config
from live_seg.errors import LiveSegError
from live_seg.sources.video import VideoSource


def opened(path):
    return VideoSource(str(path), Config(), lambda: 0.0)


def test_every_frame_comes_once_then_none(tmp_path):
    with opened(make_clip(tmp_path / "clip.mp4", 12)) as source:
        frames = [source.read(1) for _ in range(12)]
        assert [index_of(frame.image) for frame in frames] == list(range(12))
        assert [frame.index for frame in frames] == list(range(12))
        assert [frame.time for frame in frames] == pytest.approx([index / 25 for index in range(12)])
        assert source.read(1) is None
        assert source.read(1) is None


def test_it_is_called_as_its_file(tmp_path):
    source = opened(make_clip(tmp_path / "clip.mp4"))
    assert source.name == "clip.mp4"
    assert source.fps == 25
    assert not source.live


def test_a_closed_video_is_over(tmp_path):
    source = opened(make_clip(tmp_path / "clip.mp4"))
    source.close()
    assert source.read(1) is None


def test_a_video_that_cannot_be_used_ends_with_exit_code_2(tmp_path):
    (tmp_path / "text.mp4").write_text("hello")
    for name in ("text.mp4", "missing.mp4"):
        with pytest.raises(LiveSegError) as caught:
            opened(tmp_path / name)
        assert caught.value.exit_code == 2
        assert "\n" not in str(caught.value)
