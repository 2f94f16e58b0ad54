"""Back from a model file to torch: what ships can be trained on, and exported again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import nn

from live_seg.errors import UsageError
from live_seg.exporting.network import NarrowUnetPlusPlus

Layer = tuple[nn.Conv2d, nn.BatchNorm2d | None]


def restore(file: Path) -> nn.Module:
    """Network of an exported fp16 file, ready to infer, with the weights of its convolutions.

    Raises
    ------
    UsageError
        If the file is not the narrow Unet++ in floating point.
    """
    try:
        model = onnx.load(file)
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from None
    except Exception as error:  # noqa: BLE001  # protobuf's own types, without type hints
        raise UsageError(f"{file} is no ONNX file: {error}") from None
    return from_onnx(model, file)


def from_onnx(model: onnx.ModelProto, file: Path) -> nn.Module:
    """Network of a graph as `to_onnx` makes it, ready to infer; `file` is where it comes from.

    Batch normalisation was folded into the convolutions by the export. It is there again, as one that changes nothing
    but adds the convolution's bias: `live_seg.training.renormalise` makes it fit for training.

    Raises
    ------
    UsageError
        If it is not the narrow Unet++ in floating point.
    """
    graph = model.graph
    weights = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    folded = [node for node in graph.node if node.op_type == "Conv"]
    network = NarrowUnetPlusPlus().eval()
    layers = _in_order(network)
    if len(folded) != len(layers) or any(name not in weights for node in folded for name in node.input[1:]):
        raise UsageError(
            f"{file} is not a narrow resnet18 Unet++ in floating point", "Give its NAME-fp16.onnx, or a checkpoint."
        )
    for node, layer in zip(folded, layers, strict=True):
        weight, bias = (weights[name].astype(np.float32) for name in node.input[1:3])
        if weight.shape != tuple(layer[0].weight.shape):
            raise UsageError(f"{file} has other widths than the network: {node.name} is {weight.shape}")
        _unfold(layer, weight, bias)
    return network


def _in_order(network: nn.Module) -> list[Layer]:
    """Convolutions in the order in which they run, which is the graph's, each with the normalisation behind it."""
    ran: list[nn.Module] = []
    watched = [module for module in network.modules() if isinstance(module, nn.Conv2d | nn.BatchNorm2d)]
    hooks = [module.register_forward_hook(lambda module, *_: ran.append(module)) for module in watched]
    with torch.inference_mode():
        network(torch.zeros(1, 3, 32, 32))
    for hook in hooks:
        hook.remove()
    behind = [*ran[1:], None]
    return [
        (module, following if isinstance(following, nn.BatchNorm2d) else None)
        for module, following in zip(ran, behind, strict=True)
        if isinstance(module, nn.Conv2d)
    ]


def _unfold(layer: Layer, weight: NDArray[np.float32], bias: NDArray[np.float32]) -> None:
    convolution, norm = layer
    with torch.no_grad():
        convolution.weight.copy_(torch.from_numpy(weight))
        if norm is None:
            assert convolution.bias is not None
            convolution.bias.copy_(torch.from_numpy(bias))
            return
        norm.bias.copy_(torch.from_numpy(bias))
        norm.weight.fill_(1)
        assert norm.running_mean is not None and norm.running_var is not None
        norm.running_mean.zero_()
        norm.running_var.fill_(1 - norm.eps)  # the root of this plus eps is 1
