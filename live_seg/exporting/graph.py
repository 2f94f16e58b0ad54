"""The ONNX graph: made from torch, held to what every engine takes."""

from __future__ import annotations

import tempfile
import warnings
from pathlib import Path
from typing import Any

import onnx
import torch
from torch import nn

from live_seg.exporting.gate import ExportRefused

INPUT, OUTPUT = "image", "logits"
SIDES = ("height", "width")
OPSET = 17
"""Known to ONNX Runtime 1.13, OpenVINO 2023 and TensorRT 8.6; newer ones bring nothing that this network uses."""

PLAIN = {"Add", "Cast", "Concat", "Constant", "Conv", "DequantizeLinear", "MaxPool", "QuantizeLinear", "Relu", "Resize"}
"""All that the network needs. What follows the shape of the input at run time (Shape, If, Loop) is not among them."""


def to_onnx(network: nn.Module) -> onnx.ModelProto:
    """ONNX graph of a network in float32: `image` (1, 3, height, width) -> `logits` (1, 1, height, width).

    Height and width are symbolic. Batch normalisation is folded into the convolutions before it.

    Raises
    ------
    ExportRefused
        If the graph has something that not every engine takes.
    """
    axes = {name: {2: SIDES[0], 3: SIDES[1]} for name in (INPUT, OUTPUT)}
    with warnings.catch_warnings(), tempfile.TemporaryDirectory(prefix="live-seg-") as folder:
        file = Path(folder) / "network.onnx"
        # The newer exporter, which the warning recommends, leaves Shape and Gather nodes around each Resize.
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.onnx.export(
            network,
            (torch.zeros(1, 3, 64, 96),),
            file,
            input_names=[INPUT],
            output_names=[OUTPUT],
            dynamic_axes=axes,
            opset_version=OPSET,
            dynamo=False,
        )
        model = onnx.load(file)
    _without_copies(model.graph)
    check_graph(model)
    return model


def check_graph(model: onnx.ModelProto) -> None:
    """Holds a graph to the promise: plain operators, constant scales, named input and output, two free sides.

    Raises
    ------
    ExportRefused
        Names the first thing that breaks it.
    """
    onnx.checker.check_model(model, full_check=True)
    graph = model.graph
    strange = sorted({f"{node.domain}.{node.op_type}".lstrip(".") for node in graph.node if not _is_plain(node)})
    if strange:
        raise ExportRefused(f"the graph has {', '.join(strange)}", "TensorRT may refuse it; write the network without.")
    constants = {tensor.name for tensor in graph.initializer}
    constants |= {node.output[0] for node in graph.node if node.op_type == "Constant"}
    for node in graph.node:
        if node.op_type == "Resize" and any(name and name not in constants for name in node.input[1:]):
            raise ExportRefused(f"{node.name} is enlarged by a computed scale", "Give it a constant scale_factor.")
    for value, name, channels in ((graph.input, INPUT, 3), (graph.output, OUTPUT, 1)):
        shapes = [(one.name, _shape(one)) for one in value]
        if shapes != [(name, (1, channels, *SIDES))]:
            raise ExportRefused(f"the graph has {shapes} where {name} (1, {channels}, height, width) is due")


def _without_copies(graph: Any) -> None:
    """Takes out what only passes a tensor on: the exporter's way to let equal weights, as of a new network, be one."""
    given: dict[str, str] = {}
    for node in list(graph.node):
        node.input[:] = [given.get(name, name) for name in node.input]
        if node.op_type == "Identity" and node.output[0] != OUTPUT:
            given[node.output[0]] = node.input[0]
            graph.node.remove(node)


def _is_plain(node: Any) -> bool:
    return not node.domain and node.op_type in PLAIN


def _shape(value: Any) -> tuple[int | str, ...]:
    return tuple(side.dim_param or side.dim_value for side in value.type.tensor_type.shape.dim)
