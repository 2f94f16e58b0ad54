from __future__ import annotations

import pytest
import torch
from torch import nn

from live_seg.training.renormalise import renormalise

pytestmark = pytest.mark.training


def restored() -> nn.Sequential:
    """Two convolutions whose normalisation changes nothing, as after an export, with inputs far from 0 and 1."""
    torch.manual_seed(3)
    layers: list[nn.Module] = []
    for before, after in ((3, 6), (6, 4)):
        norm = nn.BatchNorm2d(after)
        norm.running_var.fill_(1 - norm.eps)  # type: ignore[union-attr]
        layers += [nn.Conv2d(before, after, 3, bias=False), norm, nn.ReLU()]
        layers[-3].weight.data *= 5  # type: ignore[union-attr,operator]
    return nn.Sequential(*layers)


def test_a_restored_network_answers_as_before_and_does_so_in_training_too() -> None:
    network = restored()
    batches = [torch.randn(4, 3, 20, 24) * 2 + number for number in range(3)]
    together = torch.cat(batches)
    expected = network.eval()(together)
    assert not torch.allclose(network.train()(together), expected, atol=0.5), "otherwise there was nothing to do"
    network = restored().train()

    renormalise(network, batches)

    assert network.training
    assert torch.allclose(network.eval()(together), expected, atol=1e-3)
    assert torch.allclose(network.train()(together), expected, atol=2e-2)


def test_channels_in_which_nothing_happens_stay_finite() -> None:
    network = restored()
    network[0].weight.data[0] = 0  # type: ignore[union-attr,index]
    renormalise(network, [torch.randn(2, 3, 12, 12)])
    assert all(torch.isfinite(one).all() for one in network.state_dict().values())
