"""Whether the ONNX graph computes what torch computes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn

from live_seg.engines import Blob
from live_seg.exporting.gate import ExportRefused
from live_seg.exporting.graph import INPUT, OUTPUT

Run = Callable[[Blob], Blob]
"""Input of the network -> logits."""

TOLERANCE = 1e-3
"""On logits: a tenth of a grey level of the alpha where it is steepest. Rounding in another order gives 1e-5."""


def torch_run(network: nn.Module) -> Run:
    """The network in torch."""

    def run(blob: Blob) -> Blob:
        with torch.inference_mode():
            logits: Blob = network(torch.from_numpy(blob)).numpy()
            return logits

    return run


def onnx_run(model: onnx.ModelProto, threads: int = 0) -> Run:
    """The graph in ONNX Runtime on the CPU, for inputs of any shape."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = threads
    # Threads that wait in a loop for work slow down whatever else runs; an export often runs beside a training.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])

    def run(blob: Blob) -> Blob:
        logits: Blob = session.run([OUTPUT], {INPUT: blob})[0]
        return logits

    return run


def largest_difference(one: Run, other: Run, blobs: Sequence[Blob]) -> float:
    """Largest absolute difference of the logits on the inputs; infinite if shapes differ or one is no number."""
    largest = 0.0
    for blob in blobs:
        first, second = one(blob), other(blob)
        if first.shape != second.shape:
            return float("inf")
        difference = float(np.abs(first - second).max())
        largest = max(largest, difference if np.isfinite(difference) else float("inf"))
    return largest


def check_parity(network: nn.Module, model: onnx.ModelProto, blobs: Sequence[Blob]) -> float:
    """Largest difference of the logits between torch and the graph on inputs of several shapes.

    Raises
    ------
    ExportRefused
        If it is over `TOLERANCE`.
    """
    difference = largest_difference(torch_run(network), onnx_run(model), blobs)
    if difference > TOLERANCE:
        raise ExportRefused(
            f"the ONNX graph differs from torch by {difference:.2g} on the logits, {TOLERANCE:.0e} is allowed",
            "Is the network in eval mode, and free of random layers?",
        )
    return difference
