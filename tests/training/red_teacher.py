"""A teacher whose answers can be told from the picture, and asking it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from live_seg.evaluation.adapter import read_adapter
from live_seg.training.compose import Rooms, load_bank
from live_seg.training.config import Camera, Compose
from live_seg.training.readers import read
from live_seg.training.teaching import Teacher, ask_once

CPU = torch.device("cpu")
ALONE = Compose(natural=1.0, reframed=0.0, empty=0.0, whole=1.0, joined=0.0, held=0.0, clutter=0.0, untouched=1.0)
STILL = Camera(colour=0.0)
NOWHERE = Rooms(torch.zeros((0, 3, 288, 512), dtype=torch.uint8), torch.zeros(0))


def write_teacher(folder: Path) -> Path:
    """An adapter of a network that takes red for a person, and averages its picture by eights on the way."""
    pick = numpy_helper.from_array(np.array([[1.0, 0.0, 0.0]], np.float32).reshape(1, 3, 1, 1), "pick")
    nodes = [
        helper.make_node("AveragePool", ["picture"], ["eighth"], kernel_shape=[8, 8], strides=[8, 8]),
        helper.make_node("Conv", ["picture", "pick"], ["matte"]),
    ]
    values = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, depth, 96, 96])
        for name, depth in (("picture", 3), ("matte", 1))
    ]
    graph = helper.make_graph(nodes, "red", values[:1], values[1:], [pick])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)
    onnx.save(model, folder / "red.onnx")
    about = {"onnx": "red.onnx", "input": "picture", "output": "matte", "size": [96, 96], "fit": "pad"}
    (folder / "red.json").write_text(json.dumps(about))
    return folder / "red.json"


def asked(adapter: Path, portraits: Path, folder: Path, tensors: tuple[str, ...] = ("eighth",)):
    bank, _ = load_bank(read(str(portraits)), 96)
    said: list[str] = []
    return bank, ask_once(Teacher(read_adapter(adapter), tensors), bank, folder, said.append), said
