"""From image, alpha and background to the picture, as graph."""

from __future__ import annotations

from live_seg.effects.transparent import FAINT
from live_seg.fused.graph import Graph


def blend(graph: Graph, image: str, alpha: str, background: str) -> str:
    """`effects.blend.blend`: whole levels (1, 3, H, W)."""
    front = graph.add("Round", graph.add("Mul", graph.add("Mul", image, alpha), 1 / 255))
    rest = graph.add("Sub", 255.0, alpha)
    back = graph.add("Round", graph.add("Mul", graph.add("Mul", background, rest), 1 / 255))
    return graph.add("Add", front, back)


def cut_out(graph: Graph, image: str, alpha: str) -> str:
    """`effects.transparent.Transparent`: whole levels (1, 4, H, W), the alpha last."""
    seen = graph.add("Greater", alpha, float(FAINT))
    return graph.add("Where", seen, graph.add("Concat", image, alpha, axis=1), 0.0)
