"""A peer's network in our `Matter` gives the matte that it gives by itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from networks import write_peer

from live_seg.bench.peer_network import PeerNetwork
from live_seg.config import build
from live_seg.evaluation.adapter import read_adapter
from live_seg.evaluation.peer import Peer
from live_seg.frame import Frame, Image
from live_seg.matting import Matter
from live_seg.models import Network


def portrait() -> Image:
    random = np.random.default_rng(3)
    image = random.integers(30, 226, (32, 32, 3), dtype=np.uint8)
    image[8:24, 8:24, 2] = 240
    return image


@pytest.mark.parametrize(
    "adapter",
    [
        {},
        {"order": "BGR"},
        {"order": "BGR", "mean": [10.0, 20.0, 30.0], "std": [255.0, 250.0, 245.0]},
        {"activation": "sigmoid", "mean": [127.5] * 3, "std": [40.0] * 3},
        {"state": True},
    ],
)
def test_its_matte_is_the_same_in_our_loop(tmp_path: Path, adapter: dict[str, Any]) -> None:
    read = read_adapter(write_peer(tmp_path, **adapter))
    config = build({"matting": {"steady": 0.0, "refine": "bilinear"}}).matting
    ours = Matter(cast(Network, PeerNetwork(read, 1)), config)
    alone = Peer(read)
    for index in range(2):
        image = portrait()
        difference = ours(Frame(image, index, index / 30)).alpha.astype(int) - alone.frame(image)
        assert np.abs(difference).max() <= 1


def test_softmax_becomes_the_logit_of_its_channel(tmp_path: Path) -> None:
    network = PeerNetwork(read_adapter(write_peer(tmp_path, activation="softmax", channel=2)), 1)
    channels = np.random.default_rng(1).normal(0, 3, (4, 5, 6)).astype(np.float32)
    share = np.exp(channels[2]) / np.exp(channels).sum(0)
    assert 1 / (1 + np.exp(-network._logits(channels))) == pytest.approx(share, abs=1e-5)
