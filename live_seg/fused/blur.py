"""The room out of focus as graph."""

from __future__ import annotations

import numpy as np

from live_seg.effects.blur import LEAST_WEIGHT, BlurPlan
from live_seg.fused import resize, window
from live_seg.fused.graph import Graph, Plane


def blurred_room(graph: Graph, image: Plane, alpha: Plane, radius_px: float) -> Plane:
    """`effects.blur.blurred_room`: whole levels (1, 3, H, W)."""
    plan = BlurPlan.of(image.size, radius_px)
    person = window.greatest(graph, resize.shrink(graph, alpha, plan.near).name, 1)
    weight = graph.add("Max", graph.add("Sub", 255.0, person), float(LEAST_WEIGHT))
    room = graph.add("Mul", resize.shrink(graph, image, plan.near).name, weight)
    both = Plane(graph.add("Concat", room, weight, axis=1), 4, plan.near)
    if plan.small != plan.near:
        both = resize.half(graph, both, plan.small)
    spread = window.gaussian(graph, both, plan.side, plan.sigma).name
    colours = graph.add("Split", spread, np.array([3, 1], np.int64), outputs=2, axis=1)
    mixed = graph.add("Round", graph.add("Div", colours, f"{colours}_1"))
    return resize.linear(graph, Plane(mixed, 3, plan.small), image.size)
