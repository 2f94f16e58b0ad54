"""Half precision: weights and computation in fp16, input and output in fp32."""

from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from live_seg.exporting.gate import ExportRefused
from live_seg.exporting.graph import INPUT, OUTPUT, check_graph

LARGEST = float(np.finfo(np.float16).max)


def to_half(model: onnx.ModelProto) -> onnx.ModelProto:
    """The same graph in fp16 between two casts, so that all engines are fed alike.

    A runtime without fp16 arithmetic takes the file as it is: ONNX Runtime's CPU provider widens the weights when
    it loads them and computes in fp32 (60 ms, as the fp32 file, at 288x160 on one thread), and so does
    OpenVINO with INFERENCE_PRECISION_HINT f32. So the file is the fp32 reference too, but for weights rounded
    to 11 bits.

    Raises
    ------
    ExportRefused
        If a weight is beyond what fp16 holds.
    """
    half = onnx.ModelProto()
    half.CopyFrom(model)
    graph = half.graph
    # The scales of Resize are float32 whatever it enlarges.
    kept = {name for node in graph.node if node.op_type == "Resize" for name in node.input[1:]}
    for tensor in graph.initializer:
        if tensor.data_type == TensorProto.FLOAT and tensor.name not in kept:
            tensor.CopyFrom(_narrowed(tensor))
    for node in graph.node:
        node.input[:] = [f"{INPUT}_half" if name == INPUT else name for name in node.input]
        node.output[:] = [f"{OUTPUT}_half" if name == OUTPUT else name for name in node.output]
    into = helper.make_node("Cast", [INPUT], [f"{INPUT}_half"], name="narrow", to=TensorProto.FLOAT16)
    out = helper.make_node("Cast", [f"{OUTPUT}_half"], [OUTPUT], name="widen", to=TensorProto.FLOAT)
    nodes = [into, *graph.node, out]
    del graph.node[:], graph.value_info[:]
    graph.node.extend(nodes)
    check_graph(half)
    return half


def _narrowed(tensor: TensorProto) -> TensorProto:
    values = numpy_helper.to_array(tensor)
    if np.abs(values).max(initial=0) > LARGEST:
        raise ExportRefused(
            f"{tensor.name} holds {np.abs(values).max():.0f}, more than fp16 can", "Train with weight decay."
        )
    return numpy_helper.from_array(values.astype(np.float16), tensor.name)
