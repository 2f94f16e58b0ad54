from __future__ import annotations

import pytest
import torch

from live_seg.training.plain_unet import PlainUnet

pytestmark = pytest.mark.training


def test_it_has_the_parameters_of_the_papers_drawing() -> None:
    """By hand for base 32, bias-free 3x3 convolutions with batch normalisation (2 a channel)."""
    widths = [32, 64, 128, 256, 512]
    block = lambda before, after: 9 * before * after + 9 * after * after + 4 * after  # noqa: E731
    down = sum(block(before, after) for before, after in zip([3, *widths], widths, strict=False))
    up = sum(block(2 * width, width) + 4 * 2 * width * width + width for width in widths[:-1])
    assert sum(one.numel() for one in PlainUnet().parameters()) == down + up + 32 + 1


def test_logits_have_the_pictures_size_and_depend_on_all_levels() -> None:
    network = PlainUnet(levels=3, base=4)
    image = torch.randn(2, 3, 32, 48)
    assert network(image).shape == (2, 1, 32, 48)
    network(image).sum().backward()
    assert all(one.grad is not None and one.grad.abs().sum() > 0 for one in network.down[2].parameters())
