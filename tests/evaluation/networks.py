"""Tiny ONNX networks whose answer is known, and folders of pictures, made by the tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnx
from onnx import TensorProto, helper


def write_peer(folder: Path, name: str = "peer", height: int = 32, width: int = 32, **adapter: Any) -> Path:
    """A network whose matte is the picture's first channel, and its adapter."""
    state = adapter.pop("state", False)
    shape = [1, 3, height, width]
    start = helper.make_tensor("start", TensorProto.INT64, [1], [0])
    end = helper.make_tensor("end", TensorProto.INT64, [1], [1])
    axis = helper.make_tensor("axis", TensorProto.INT64, [1], [1])
    nodes = [helper.make_node("Slice", ["src", "start", "end", "axis"], ["first"])]
    inputs = [helper.make_tensor_value_info("src", TensorProto.FLOAT, shape)]
    outputs = [helper.make_tensor_value_info("pha", TensorProto.FLOAT, [1, 1, height, width])]
    content = {"onnx": f"{name}.onnx", "input": "src", "output": "pha", "size": [height, width], **adapter}
    if state:  # counts its calls: the matte is the first channel times a third of the count
        third = helper.make_tensor("third", TensorProto.FLOAT, [], [1 / 3])
        inputs.append(helper.make_tensor_value_info("r1i", TensorProto.FLOAT, [1]))
        outputs.append(helper.make_tensor_value_info("r1o", TensorProto.FLOAT, [1]))
        nodes += [
            helper.make_node("Add", ["r1i", "third"], ["r1o"]),
            helper.make_node("Mul", ["first", "r1o"], ["pha"]),
        ]
        content["states"] = [{"in": "r1i", "out": "r1o", "shape": [1]}]
        initializers = [start, end, axis, third]
    else:
        nodes.append(helper.make_node("Identity", ["first"], ["pha"]))
        initializers = [start, end, axis]
    graph = helper.make_graph(nodes, name, inputs, outputs, initializers)
    opset = helper.make_opsetid("", 17)
    onnx.save(helper.make_model(graph, opset_imports=[opset], ir_version=8), folder / f"{name}.onnx")
    file = folder / f"{name}.json"
    file.write_text(json.dumps(content))
    return file


def write_pairs(folder: Path, names: list[str], size: tuple[int, int] = (64, 48)) -> None:
    """Pictures whose red channel is the mask: a network that gives back red is right everywhere."""
    for part in ("images", "masks"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    for number, name in enumerate(names):
        mask = np.zeros((size[1], size[0]), np.uint8)
        cv2.rectangle(mask, (8 + number, 10), (40 + number, 47), 255, -1)
        image = np.dstack([np.full_like(mask, 90), np.full_like(mask, 60), mask])
        cv2.imwrite(str(folder / "images" / f"{name}.png"), image)
        cv2.imwrite(str(folder / "masks" / f"{name}.png"), mask)
