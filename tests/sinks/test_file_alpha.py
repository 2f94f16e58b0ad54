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


def alpha_of(path):
    if path.suffix in (".png", ".webp"):
        return cv2.imread(str(path), cv2.IMREAD_UNCHANGED)[..., 3]
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        # FFmpeg's own VP9 decoder leaves the alpha out.
        decoder = av.CodecContext.create("libvpx-vp9", "r") if path.suffix == ".webm" else stream.codec_context
        frames = [frame for packet in container.demux(stream) if packet.size for frame in decoder.decode(packet)]
        return frames[0].reformat(format="bgra").to_ndarray()[..., 3]


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
