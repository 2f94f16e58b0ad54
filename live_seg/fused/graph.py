"""An ONNX graph in the making."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from live_seg.frame import Size
from live_seg.fused.unsupported import NoGraphForm

OPSET = 17
"""That of the networks' files."""

IR_VERSION = 8
"""The one that goes with the opset; a newer library would write a newer one, which older runtimes refuse."""


class Plane(NamedTuple):
    """A float32 tensor (1, channels, height, width) of the graph.

    Attributes
    ----------
    name
        Its name in the graph.
    channels, size
        Its shape.
    """

    name: str
    channels: int
    size: Size


Operand = str | float | NDArray[Any]
"""A tensor of the graph, a number, or a constant array."""


class Graph:
    """Nodes and constants, and what goes in and out.

    Every operation adds one node and gives the name of what it made. Images are float32 with whole levels 0..255: every
    step that rounds in OpenCV rounds here, at the same place and in the same way.
    """

    def __init__(self) -> None:
        self._nodes: list[Any] = []
        self._tensors: dict[tuple[Any, ...], Any] = {}
        self._inputs: list[Any] = []
        self._outputs: list[Any] = []

    def add(self, kind: str, *inputs: Operand, outputs: int = 1, made: str = "", **attributes: Any) -> str:
        """A node; the name of its output, which is `made` if that is given. Further outputs are `NAME_1`, `NAME_2`."""
        names = [item if isinstance(item, str) else self.constant(item) for item in inputs]
        made = made or f"{kind.lower()}_{len(self._nodes)}"
        outs = [made, *(f"{made}_{number}" for number in range(1, outputs))]
        self._nodes.append(_onnx().helper.make_node(kind, names, outs, name=made, **attributes))
        return made

    def constant(self, value: float | NDArray[Any]) -> str:
        """A constant; a plain number is float32. The same value is kept once."""
        array = np.asarray(value, np.float32) if isinstance(value, int | float) else np.ascontiguousarray(value)
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self._tensors:
            self._tensors[key] = _onnx().numpy_helper.from_array(array, f"constant_{len(self._tensors)}")
        return str(self._tensors[key].name)

    def input(self, name: str, kind: type[np.generic], shape: tuple[int, ...]) -> str:
        """Something that goes in."""
        self._inputs.append(_value(name, kind, shape))
        return name

    def output(self, name: str, kind: type[np.generic], shape: tuple[int, ...]) -> None:
        """Something that was made goes out."""
        self._outputs.append(_value(name, kind, shape))

    def embed(self, file: Path, image: str) -> str:
        """All of a model file with one input and one output; the name of its output.

        Raises
        ------
        NoGraphForm
            If the file is of an opset that the rest of the graph is not written in.
        """
        onnx = _onnx()
        model = onnx.load(file)
        opset = next(one.version for one in model.opset_import if not one.domain)
        if opset != OPSET:
            raise NoGraphForm(f"{file.name} is of opset {opset}, and not {OPSET}")
        inside = onnx.compose.add_prefix(model, "network/").graph
        for tensor in inside.initializer:
            self._tensors["network", tensor.name] = tensor
        inner = inside.input[0].name
        for node in inside.node:
            node.input[:] = [image if name == inner else name for name in node.input]
            self._nodes.append(node)
        return str(inside.output[0].name)

    def model(self) -> bytes:
        """The model's file.

        Raises
        ------
        onnx.checker.ValidationError
            If the graph is not one.
        """
        onnx = _onnx()
        graph = onnx.helper.make_graph(
            self._nodes, "live-seg", self._inputs, self._outputs, list(self._tensors.values())
        )
        opsets = [onnx.helper.make_opsetid("", OPSET)]
        model = onnx.helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION, producer_name="live-seg")
        onnx.checker.check_model(model)
        return bytes(model.SerializeToString())


def _value(name: str, kind: type[np.generic], shape: tuple[int, ...]) -> Any:
    helper = _onnx().helper
    return helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(np.dtype(kind)), shape)


def _onnx() -> Any:
    import onnx

    return onnx
