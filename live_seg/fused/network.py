"""The network as part of the graph: from the small picture to alpha."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from live_seg.fused.graph import Graph, Plane
from live_seg.models import Model


class Guess(NamedTuple):
    """What the network makes of a picture.

    Attributes
    ----------
    alpha
        0..1, (1, 1, h, w).
    confidence
        One number: mean distance of alpha from undecided, doubled.
    level
        One number: mean of the logits; it is finite only if all of them are.
    """

    alpha: str
    confidence: str
    level: str


def guess(graph: Graph, small: Plane, model: Model) -> Guess:
    """`preprocess.to_blob`, the network, and `sigmoid.to_alpha`."""
    mean, deviation = np.array(model.mean, np.float32), np.array(model.std, np.float32)
    rgb = graph.add("Gather", small.name, np.array([2, 1, 0], np.int64), axis=1)
    unit = graph.add("Sub", graph.add("Div", rgb, 255.0), mean.reshape(1, 3, 1, 1))
    logits = graph.embed(model.file, graph.add("Div", unit, deviation.reshape(1, 3, 1, 1)))
    if model.logit_gain != 1:
        logits = graph.add("Mul", logits, model.logit_gain)
    alpha = graph.add("Sigmoid", logits)
    distance = graph.add("Abs", graph.add("Sub", alpha, 0.5))
    confidence = graph.add("Mul", graph.add("ReduceMean", distance, keepdims=0), 2.0)
    return Guess(alpha, confidence, graph.add("ReduceMean", logits, keepdims=0))
