from pathlib import Path

import numpy as np
import pytest
from networks import write_peer

from live_seg.errors import UsageError
from live_seg.evaluation.adapter import read_adapter
from live_seg.evaluation.peer import Peer

LEFT_IS_RED = np.zeros((32, 32, 3), np.uint8)
LEFT_IS_RED[:, :16, 2] = 255


def test_the_matte_of_a_network_that_gives_back_red_is_the_red_channel(tmp_path: Path) -> None:
    peer = Peer(read_adapter(write_peer(tmp_path)))
    assert np.array_equal(peer.still(LEFT_IS_RED), LEFT_IS_RED[:, :, 2])


def test_the_order_of_colours_is_as_the_adapter_says(tmp_path: Path) -> None:
    peer = Peer(read_adapter(write_peer(tmp_path, order="BGR")))
    assert not peer.still(LEFT_IS_RED).any()


def test_mean_and_deviation_are_in_units_of_255(tmp_path: Path) -> None:
    peer = Peer(read_adapter(write_peer(tmp_path, mean=[127.5] * 3, std=[255.0] * 3)))
    assert np.unique(peer.still(LEFT_IS_RED)).tolist() == [0, 128]  # (255 - 127.5) / 255 is a half


def test_a_sigmoid_follows_the_logits(tmp_path: Path) -> None:
    peer = Peer(read_adapter(write_peer(tmp_path, activation="sigmoid", mean=[127.5] * 3, std=[12.75] * 3)))
    assert np.unique(peer.still(LEFT_IS_RED)).tolist() == [0, 255]


def test_padding_keeps_the_pictures_shape(tmp_path: Path) -> None:
    wide = np.zeros((24, 48, 3), np.uint8)
    wide[:, 24:, 2] = 255
    peer = Peer(read_adapter(write_peer(tmp_path, height=48, width=48, fit="pad")))
    assert np.array_equal(peer.still(wide), wide[:, :, 2])


def test_a_recurrent_network_sees_a_still_three_times_and_forgets_it(tmp_path: Path) -> None:
    peer = Peer(read_adapter(write_peer(tmp_path, state=True)))
    assert peer.still(LEFT_IS_RED).max() == 255
    assert peer.still(LEFT_IS_RED).max() == 255
    peer.reset()
    assert [int(peer.frame(LEFT_IS_RED).max()) for _ in range(2)] == [85, 170]


@pytest.mark.parametrize(
    ("change", "part"),
    [({"activaton": "none"}, "activaton"), ({"fit": "crop"}, "crop"), ({"onnx": "other.onnx"}, "other.onnx")],
)
def test_a_wrong_adapter_is_refused_with_its_word(tmp_path: Path, change: dict[str, str], part: str) -> None:
    with pytest.raises(UsageError, match=part):
        read_adapter(write_peer(tmp_path, **change))
