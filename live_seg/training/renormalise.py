"""Batch normalisation of a network that a training starts from, made fit for its frames."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn


@torch.no_grad()
def renormalise(network: nn.Module, batches: Iterable[Tensor]) -> None:
    """Gives each batch normalisation the statistics of what comes in, and scales to match: the answers stay the same.

    In an exported file normalisation is folded into the convolutions; restored, or averaged with others, it expects a
    mean of 0 and a variance of 1, whatever comes in. The first step of a training, which normalises by the batch, would
    make another network of it: on the person model and frames of `configs/train/person-further.toml` the loss rises
    from 0.6 to 1.7.

    Parameters
    ----------
    network
        Is changed in place.
    batches
        Inputs (N, 3, H, W) like those of the training, all of one N.
    """
    layers = [layer for layer in network.modules() if isinstance(layer, nn.BatchNorm2d)]
    seen: dict[nn.Module, list[tuple[Tensor, Tensor]]] = {layer: [] for layer in layers}

    def look(layer: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        values = inputs[0].float()
        seen[layer].append((values.mean((0, 2, 3)), values.square().mean((0, 2, 3))))

    hooks = [layer.register_forward_pre_hook(look) for layer in layers]
    was_training = network.training
    network.eval()
    for batch in batches:
        network(batch)
    network.train(was_training)
    for hook in hooks:
        hook.remove()
    for layer in layers:
        means, squares = (torch.stack(parts).mean(0) for parts in zip(*seen[layer], strict=True))
        _set(layer, means, (squares - means.square()).clamp(min=0))


def _set(layer: nn.BatchNorm2d, mean: Tensor, variance: Tensor) -> None:
    """Other statistics, and a weight and a bias with which the layer in evaluation does as before."""
    assert layer.running_mean is not None and layer.running_var is not None
    slope = layer.weight / torch.sqrt(layer.running_var + layer.eps)
    layer.bias.add_((mean - layer.running_mean) * slope)
    layer.weight.copy_(slope * torch.sqrt(variance + layer.eps))
    layer.running_mean.copy_(mean)
    layer.running_var.copy_(variance)
