"""OpenCV's box, Gaussian and greatest of a window as graph."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from live_seg.fused.graph import Graph, Plane


def mean(graph: Graph, planes: Sequence[str], radius: int) -> list[str]:
    """`cv2.blur` of float32 planes of one channel, with a window of 2 * radius + 1."""
    side = 2 * radius + 1
    pooled = graph.add(
        "AveragePool", _framed(graph, _together(graph, planes), radius), kernel_shape=[side, side], strides=[1, 1]
    )
    return _apart(graph, pooled, len(planes))


def greatest(graph: Graph, plane: str, radius: int) -> str:
    """`cv2.dilate` with ones, of a window of 2 * radius + 1."""
    side = 2 * radius + 1
    return graph.add("MaxPool", plane, kernel_shape=[side, side], strides=[1, 1], pads=[radius] * 4)


def gaussian(graph: Graph, image: Plane, side: int, sigma: float) -> Plane:
    """`cv2.GaussianBlur` of float32, with a window of `side`."""
    weights = cv2.getGaussianKernel(side, sigma, cv2.CV_32F)
    kernel = np.tile(weights.reshape(1, 1, 1, side), (image.channels, 1, 1, 1)).astype(np.float32)
    wide = _framed(graph, image.name, side // 2)
    across = graph.add("Conv", wide, kernel, group=image.channels)
    down = graph.add("Conv", across, kernel.transpose(0, 1, 3, 2), group=image.channels)
    return image._replace(name=down)


def _framed(graph: Graph, planes: str, radius: int) -> str:
    """Continued over the edges by reflection about the outermost pixel, as OpenCV does."""
    pads = np.array([0, 0, radius, radius] * 2, np.int64)
    return graph.add("Pad", planes, pads, mode="reflect")


def _together(graph: Graph, planes: Sequence[str]) -> str:
    return graph.add("Concat", *planes, axis=1) if len(planes) > 1 else planes[0]


def _apart(graph: Graph, planes: str, count: int) -> list[str]:
    if count == 1:
        return [planes]
    first = graph.add("Split", planes, outputs=count, axis=1)
    return [first, *(f"{first}_{number}" for number in range(1, count))]
