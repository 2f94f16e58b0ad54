"""A network of one convolution that takes what is bright and red for the person: enough to have edges, and fast."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from live_seg.models import Model


def write_network(folder: Path, weights: float = 1.0, opset: int = 17) -> Model:
    """The row of a new file in the folder; logits 2.0 * weights times the mean of 3x3 pixels."""
    kernel = np.full((1, 3, 3, 3), weights / 9, np.float32) * np.array([2.0, 0.5, -0.5], np.float32)[:, None, None]
    shape = ["height", "width"]
    graph = helper.make_graph(
        [helper.make_node("Conv", ["image", "weight"], ["logits"], pads=[1, 1, 1, 1])],
        "small",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, *shape])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, 1, *shape])],
        [numpy_helper.from_array(kernel, "weight")],
    )
    file = folder / f"small-{weights}-{opset}.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8), file)
    return Model(name=file.stem, file=file, precision="fp16", logit_gain=2.0)
