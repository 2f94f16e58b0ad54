"""Runs an ONNX graph of ours by torch: for a second opinion of the figures, and of the result.

Knows the operators of `live_seg.fused` and of the networks, and no others.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor
from torch.nn import functional

_TYPES = {1: torch.float32, 2: torch.uint8, 7: torch.int64, 10: torch.float16}

Maker = Callable[[list[Any], dict[str, Any]], Any]


def _pool(values: list[Any], given: dict[str, Any], kind: Callable[..., Tensor]) -> Tensor:
    pads = given.get("pads", [0, 0, 0, 0])
    assert pads[:2] == pads[2:]
    strides = given.get("strides", [1, 1])
    return kind(values[0], given["kernel_shape"], strides, pads[:2])


def _conv(values: list[Any], given: dict[str, Any]) -> Tensor:
    pads = given.get("pads", [0, 0, 0, 0])
    assert pads[:2] == pads[2:]
    bias = values[2] if len(values) > 2 else None
    return functional.conv2d(
        values[0], values[1], bias, given.get("strides", 1), pads[:2], given.get("dilations", 1), given.get("group", 1)
    )


def _resize(values: list[Any], given: dict[str, Any]) -> Tensor:
    mode = given.get("mode", b"nearest").decode()
    if len(values) > 3 and values[3] is not None:
        size = [int(side) for side in values[3][2:]]
    else:
        size = [round(side * float(scale)) for side, scale in zip(values[0].shape[2:], values[2][2:], strict=True)]
    if mode == "nearest":
        return functional.interpolate(values[0], size, mode="nearest")
    return functional.interpolate(values[0], size, mode="bilinear", align_corners=False)


def _pad(values: list[Any], given: dict[str, Any]) -> Tensor:
    top, left, bottom, right = (int(values[1][at]) for at in (2, 3, 6, 7))
    return functional.pad(values[0], (left, right, top, bottom), mode=given["mode"].decode())


def _split(values: list[Any], given: dict[str, Any]) -> Any:
    parts = values[1].tolist() if len(values) > 1 else 1
    return torch.split(values[0], parts, given["axis"])


def _squeezed(values: list[Any], given: dict[str, Any]) -> Tensor:
    return values[0].squeeze(tuple(int(axis) for axis in values[1]))


OPERATORS: dict[str, Maker] = {
    "Abs": lambda v, a: v[0].abs(),
    "Add": lambda v, a: v[0] + v[1],
    "And": lambda v, a: v[0] & v[1],
    "AveragePool": lambda v, a: _pool(v, a, functional.avg_pool2d),
    "Cast": lambda v, a: v[0].to(_TYPES[a["to"]]),
    "Clip": lambda v, a: v[0].clamp(float(v[1]), float(v[2])),
    "Concat": lambda v, a: torch.cat([one.reshape(one.shape or (1,)) for one in v], a["axis"]),
    "Conv": _conv,
    "Div": lambda v, a: v[0] / v[1],
    "Floor": lambda v, a: v[0].floor(),
    "Gather": lambda v, a: v[0].index_select(a["axis"], v[1]),
    "Greater": lambda v, a: v[0] > v[1],
    "GreaterOrEqual": lambda v, a: v[0] >= v[1],
    "Identity": lambda v, a: v[0].clone(),
    "LessOrEqual": lambda v, a: v[0] <= v[1],
    "Max": lambda v, a: torch.maximum(v[0], v[1]),
    "MaxPool": lambda v, a: _pool(v, a, functional.max_pool2d),
    "Mul": lambda v, a: v[0] * v[1],
    "Pad": _pad,
    "ReduceMean": lambda v, a: v[0].mean(),
    "ReduceSum": lambda v, a: v[0].sum(int(v[1][0]), keepdim=True),
    "Relu": lambda v, a: v[0].relu(),
    "Resize": _resize,
    "Round": lambda v, a: v[0].round(),
    "Sigmoid": lambda v, a: v[0].sigmoid(),
    "Split": _split,
    "Squeeze": _squeezed,
    "Sub": lambda v, a: v[0] - v[1],
    "Transpose": lambda v, a: v[0].permute(*a["perm"]),
    "Unsqueeze": lambda v, a: v[0].unsqueeze(int(v[1][0])),
    "Where": lambda v, a: torch.where(v[0], v[1], v[2]),
}

_ON_THE_HOST = {
    "Resize": (1, 2, 3),
    "Pad": (1,),
    "Squeeze": (1,),
    "Unsqueeze": (1,),
    "ReduceSum": (1,),
    "Split": (1,),
    "Clip": (1, 2),
}
"""Inputs that say what is done, and are not data: reading them from the device would stop a recording."""


class InTorch:
    """A graph whose constants lie on the device.

    Parameters
    ----------
    model
        What would be in an .onnx file.
    device
        cpu or cuda.
    """

    def __init__(self, model: bytes, device: str) -> None:
        graph = onnx.load_from_string(model).graph
        self._nodes = [
            (node, {one.name: onnx.helper.get_attribute_value(one) for one in node.attribute}) for node in graph.node
        ]
        self._half = torch.float16 if device == "cuda" else torch.float32  # CPUs take a hundred times longer in fp16
        self._constants = {one.name: self._held(numpy_helper.to_array(one)) for one in graph.initializer}
        self._far = {name: value.to(device) for name, value in self._constants.items()}
        self.outputs = [one.name for one in graph.output]
        self.inputs = {
            one.name: torch.zeros(
                [side.dim_value for side in one.type.tensor_type.shape.dim],
                dtype=_TYPES[one.type.tensor_type.elem_type],
                device=device,
            )
            for one in graph.input
        }

    def __call__(self) -> dict[str, Tensor]:
        """Outputs for what lies in `inputs`."""
        known: dict[str, Any] = {**self._far, **self.inputs}
        for node, given in self._nodes:
            if node.op_type == "Constant":
                value = self._held(numpy_helper.to_array(given["value"]))
                self._constants[node.output[0]] = value
                known[node.output[0]] = value
                continue
            hosted = _ON_THE_HOST.get(node.op_type, ())
            values = [
                None if not name else self._constants[name] if at in hosted and name in self._constants else known[name]
                for at, name in enumerate(node.input)
            ]
            made = OPERATORS[node.op_type](values, given)
            if node.op_type == "Cast" and made.dtype == torch.float16:
                made = made.to(self._half)
            for name, value in zip(node.output, made if isinstance(made, tuple) else [made], strict=True):
                known[name] = value
        return {name: known[name] for name in self.outputs}

    def _held(self, array: Any) -> Tensor:
        value = torch.from_numpy(np.array(array))
        return value.to(self._half) if value.dtype == torch.float16 else value
