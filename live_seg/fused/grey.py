"""OpenCV's lightness as graph."""

from __future__ import annotations

import numpy as np

from live_seg.fused.graph import Graph, Plane

_BGR = np.array([3735, 19235, 9798], np.float32)
"""OpenCV's weights of blue, green and red, in parts of 32768."""


def grey(graph: Graph, image: Plane) -> str:
    """`cv2.cvtColor` with BGR2GRAY: whole levels (1, 1, h, w). Its sums are below 2**24: float32 holds them exactly."""
    weighted = graph.add("Mul", image.name, _BGR.reshape(1, 3, 1, 1))
    total = graph.add("ReduceSum", weighted, np.array([1], np.int64), keepdims=1)
    return graph.add("Floor", graph.add("Mul", graph.add("Add", total, 16384.0), 1 / 32768))
