"""From image, alpha and background to the picture, as graph."""

from __future__ import annotations

import numpy as np

from live_seg.effects.edges import LEAST_WEIGHT, RADIUS, small_size
from live_seg.effects.transparent import FAINT
from live_seg.fused import resize, window
from live_seg.fused.graph import Graph, Plane


def blend(graph: Graph, image: str, alpha: str, background: str) -> str:
    """`effects.blend.blend`: whole levels (1, 3, H, W)."""
    front = _product(graph, image, alpha)
    return graph.add("Add", front, _product(graph, background, graph.add("Sub", 255.0, alpha)))


def cut_out(graph: Graph, image: str, alpha: str) -> str:
    """`effects.transparent.cut_out`: whole levels (1, 4, H, W), the alpha last."""
    seen = graph.add("Greater", alpha, float(FAINT))
    return graph.add("Where", seen, graph.add("Concat", image, alpha, axis=1), 0.0)


def own_colours(graph: Graph, image: Plane, alpha: Plane) -> str:
    """`effects.blend.own_colours` with `effects.edges.edge_colours`: whole levels (1, 3, H, W)."""
    small = small_size(image.size)
    seen = resize.shrink(graph, image, small).name
    part = graph.add("Mul", resize.shrink(graph, alpha, small).name, 1 / 255)
    front = _mean(graph, seen, part)
    back = _mean(graph, seen, graph.add("Sub", 1.0, part))
    change = graph.add("Div", graph.add("Mul", part, part), graph.add("Add", part, 1.0))
    solved = graph.add("Add", front, graph.add("Mul", change, graph.add("Sub", front, back)))
    colours = graph.add("Clip", graph.add("Round", solved), 0.0, 255.0)
    edges = resize.linear(graph, Plane(colours, 3, small), image.size).name
    return blend(graph, image.name, _product(graph, alpha.name, alpha.name), edges)


def _product(graph: Graph, levels: str, weight: str) -> str:
    return graph.add("Round", graph.add("Mul", graph.add("Mul", levels, weight), 1 / 255))


def _mean(graph: Graph, seen: str, part: str) -> str:
    weight = graph.add("Mul", part, part)
    weight = graph.add("Add", graph.add("Mul", weight, weight), LEAST_WEIGHT)
    both = window.mean(graph, [graph.add("Concat", graph.add("Mul", seen, weight), weight, axis=1)], RADIUS)[0]
    colours = graph.add("Split", both, np.array([3, 1], np.int64), outputs=2, axis=1)
    return graph.add("Div", colours, f"{colours}_1")
