"""Alpha in a file: kept where the file holds it, refused where not."""

import av
import cv2
import numpy as np
import pytest
from written import folder_of, frames_of, opened

from live_seg.errors import UsageError
from live_seg.frame import Frame
from live_seg.sinks.file import holds_alpha


@pytest.mark.parametrize("suffix", ["webm", "mov", "png", "webp"])
@pytest.mark.parametrize(("width", "height"), [(64, 48), (63, 48), (64, 47)])
def test_alpha_is_kept_where_the_file_holds_it(tmp_path, suffix, width, height):
    alpha = np.tile(np.linspace(0, 255, width).astype(np.uint8), (height, 1))
    picture = np.dstack([np.full((height, width, 3), 120, np.uint8), alpha])
    path = tmp_path / f"out.{suffix}"
    assert holds_alpha(path.name)
    with opened(path) as sink:
        assert sink.takes_alpha
        for index in range(3):
            sink.write(picture, Frame(picture[..., :3], index, index / 25))
    assert np.abs(alpha_of(path).astype(int) - alpha).max() <= 4


@pytest.mark.parametrize("suffix", ["webm", "mov"])
def test_a_transparent_video_whose_first_picture_is_hidden_is_opaque_only_there(tmp_path, suffix):
    path = tmp_path / f"out.{suffix}"
    hidden, cut_out = pictures_of_a_start()
    with opened(path, has_alpha=True) as sink:
        for index, picture in enumerate([hidden, cut_out, hidden, cut_out]):
            sink.write(picture, Frame(picture[..., :3], index, index / 25))
    alphas = alphas_of(path)
    assert [alpha[:, :24].min() > 250 for alpha in alphas] == [True, False, True, False]
    assert [alpha[:, :24].max() < 5 for alpha in alphas] == [False, True, False, True]
    assert all(alpha[:, 40:].min() > 250 for alpha in alphas)


def test_transparent_pictures_whose_first_one_is_hidden_are_opaque_only_there(tmp_path):
    with opened(tmp_path / "out-%d.png", has_alpha=True) as sink:
        for index, picture in enumerate(pictures_of_a_start()):
            sink.write(picture, Frame(picture[..., :3], index, index / 25))
    assert alpha_of(tmp_path / "out-0.png").min() == 255
    assert alpha_of(tmp_path / "out-1.png")[:, :24].max() == 0


def test_a_file_that_holds_no_alpha_is_opaque_though_the_stream_has_it(tmp_path):
    hidden, _ = pictures_of_a_start()
    with opened(tmp_path / "out.mp4", has_alpha=True) as sink:
        sink.write(hidden, Frame(hidden, 0, 0.0))
    assert len(frames_of(tmp_path / "out.mp4")) == 1


def pictures_of_a_start():
    """A hidden picture, which is BGR, and one of a person in the right half."""
    hidden = np.full((48, 64, 3), 90, np.uint8)
    cut_out = np.zeros((48, 64, 4), np.uint8)
    cut_out[:, 32:] = 200, 200, 200, 255
    return hidden, cut_out


def alpha_of(path):
    if path.suffix in (".png", ".webp"):
        return cv2.imread(str(path), cv2.IMREAD_UNCHANGED)[..., 3]
    return alphas_of(path)[0]


def alphas_of(path):
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        # FFmpeg's own VP9 decoder leaves the alpha out.
        decoder = av.CodecContext.create("libvpx-vp9", "r") if path.suffix == ".webm" else stream.codec_context
        frames = [frame for packet in container.demux(stream) if packet.size for frame in decoder.decode(packet)]
        return [frame.reformat(format="bgra").to_ndarray()[..., 3] for frame in frames]


@pytest.mark.parametrize("name", ["out.mp4", "out.mkv", "out.jpg", "out", "out.xyz"])
def test_other_files_hold_no_alpha(name):
    assert not holds_alpha(name)


def test_alpha_into_a_file_that_cannot_hold_it_is_refused(tmp_path):
    picture = np.zeros((48, 64, 4), np.uint8)
    with opened(tmp_path / "out.mp4") as sink, pytest.raises(UsageError, match=r"out.mp4 cannot hold .* \.mov, \.webm"):
        sink.write(picture, Frame(picture[..., :3], 0, 0.0))
    assert folder_of(tmp_path) == []


def test_what_is_under_alpha_0_does_not_show_when_alpha_comes_later(tmp_path):
    opaque = np.full((48, 64, 3), 9, np.uint8)
    hidden = np.dstack([np.full((48, 64, 3), 250, np.uint8), np.zeros((48, 64), np.uint8)])
    with opened(tmp_path / "out.webm") as sink:
        sink.write(opaque, Frame(opaque, 0, 0.0))
        sink.write(hidden, Frame(opaque, 1, 0.04))
    assert frames_of(tmp_path / "out.webm")[1][1].max() < 12
