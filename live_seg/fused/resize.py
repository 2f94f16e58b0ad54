"""OpenCV's resizes as graph, to the level.

Why not the operator Resize alone: OpenCV interpolates 8-bit images with weights of 11 bits and cuts off what is below;
the operator's result differs by a level in one pixel of eight. The network makes more of that at the matte's edge.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from live_seg.frame import Size
from live_seg.fused.graph import Graph, Plane
from live_seg.fused.unsupported import NoGraphForm
from live_seg.shrink import halvings, steps

_ONE = 2048
"""OpenCV's weights of a linear interpolation are whole numbers of this."""

_SLIVER = 1e-3
"""Parts of a pixel that OpenCV leaves out of an area."""


def shrink(graph: Graph, image: Plane, size: Size) -> Plane:
    """`live_seg.shrink.shrink`.

    Raises
    ------
    NoGraphForm
        If one side grows while the other shrinks by much.
    """
    for step in steps(image.size, size):
        if step.interpolation == cv2.INTER_LINEAR:
            image = linear(graph, image, step.size)
        else:
            image = _averaged(graph, image, step.size)
    return image


def halved(graph: Graph, image: Plane, least: Size) -> Plane:
    """`live_seg.shrink.halved`."""
    for size in halvings(image.size, least):
        image = shrink(graph, image, size)
    return image


def half(graph: Graph, values: Plane, size: Size) -> Plane:
    """Values of any kind, as `cv2.resize` with INTER_AREA makes them of float32, to half the size or nearly so."""
    if values.size == (2 * size.width, 2 * size.height):
        return Plane(graph.add("AveragePool", values.name, kernel_shape=[2, 2], strides=[2, 2]), values.channels, size)
    return _means(graph, values, size)


def linear(graph: Graph, image: Plane, size: Size) -> Plane:
    """An image of whole levels, as `cv2.resize` with INTER_LINEAR makes it of uint8."""
    if image.size == size:
        return image
    columns = _weighted(graph, image.name, _between(image.size.width, size.width, 1.0), axis=3)
    rows = graph.add("Floor", graph.add("Mul", _sum(graph, columns), 1 / 16))
    lines = _weighted(graph, rows, _between(image.size.height, size.height, 1 / 65536), axis=2)
    total = graph.add("Add", _sum(graph, [graph.add("Floor", line) for line in lines]), 2.0)
    return Plane(graph.add("Floor", graph.add("Mul", total, 0.25)), image.channels, size)


def smooth(graph: Graph, image: Plane, size: Size) -> Plane:
    """Values of any kind, as `cv2.resize` with INTER_LINEAR makes them of float32."""
    if image.size == size:
        return image
    shape = np.array([1, image.channels, size.height, size.width], np.int64)
    name = graph.add("Resize", image.name, "", "", shape, mode="linear", coordinate_transformation_mode="half_pixel")
    return Plane(name, image.channels, size)


def _averaged(graph: Graph, image: Plane, size: Size) -> Plane:
    """As INTER_AREA makes it of uint8: means of four round halves upwards, other means round halves to even."""
    if image.size == (2 * size.width, 2 * size.height):
        mean = half(graph, image, size)
        return mean._replace(name=graph.add("Floor", graph.add("Add", mean.name, 0.5)))
    if image.size.width < size.width or image.size.height < size.height:
        raise NoGraphForm(f"{image.size} to {size} grows one way and shrinks the other")
    mean = _means(graph, image, size)
    return mean._replace(name=graph.add("Round", mean.name))


def _means(graph: Graph, image: Plane, size: Size) -> Plane:
    columns = _sum(graph, _weighted(graph, image.name, _under(image.size.width, size.width), axis=3))
    lines = _weighted(graph, columns, _under(image.size.height, size.height), axis=2)
    return Plane(_sum(graph, lines), image.channels, size)


class _Tap(NamedTuple):
    """For each new column or row: which old one counts, and how much."""

    pixel: NDArray[np.int64]
    weight: NDArray[np.float32]


def _weighted(graph: Graph, image: str, taps: Sequence[_Tap], axis: int) -> list[str]:
    shape = (-1, 1) if axis == 2 else (-1,)
    return [
        graph.add("Mul", graph.add("Gather", image, tap.pixel, axis=axis), tap.weight.reshape(shape)) for tap in taps
    ]


def _sum(graph: Graph, parts: Sequence[str]) -> str:
    """One after the other, as OpenCV does: where the sum lies between two levels its last bit decides."""
    total = parts[0]
    for part in parts[1:]:
        total = graph.add("Add", total, part)
    return total


def _under(have: int, want: int) -> list[_Tap]:
    """The pixels under each new one, in parts of it. OpenCV leaves out slivers of less than a thousandth."""
    scale = have / want
    begin = np.arange(want) * scale
    end = np.minimum(begin + scale, have)
    first = np.floor(begin + _SLIVER).astype(np.int64)
    taps = []
    for number in range(math.ceil(scale) + 1):
        pixel = first + number
        covered = np.minimum(end, pixel + 1) - np.maximum(begin, pixel)
        weight = np.where(covered > _SLIVER, covered / (end - begin), 0).astype(np.float32)
        if weight.any():
            taps.append(_Tap(np.minimum(pixel, have - 1), weight))
    return taps


def _between(have: int, want: int, unit: float) -> list[_Tap]:
    """The two pixels between which each new one lies; weights are whole numbers of `unit`, together 2048."""
    place = ((np.arange(want) + 0.5) * (have / want) - 0.5).astype(np.float32)
    first = np.floor(place).astype(np.int64)
    share = np.where((first < 0) | (first >= have - 1), np.float32(0), place - first.astype(np.float32))
    first = np.clip(first, 0, have - 1)
    near, far = (np.rint(part * np.float32(_ONE)) * np.float32(unit) for part in (1 - share, share))
    return [_Tap(first, near), _Tap(np.minimum(first + 1, have - 1), far)]
