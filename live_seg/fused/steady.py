"""Temporal smoothing as graph; the past goes in and out."""

from __future__ import annotations

from typing import NamedTuple

from live_seg.fused import window
from live_seg.fused.graph import Graph
from live_seg.matting.steady import CUT, LIGHT, STEP

NO_PAST = 1e4
"""Grey of a past that there is not: so far from every level that what comes is a new scene."""


class Past(NamedTuple):
    """Alpha and grey (1, 1, h, w) of the frame before."""

    alpha: str
    grey: str


def steady(graph: Graph, alpha: str, grey: str, past: Past, strength: float) -> str:
    """`matting.steady.Steady`: alpha, averaged over time where neither it nor the picture moves."""
    difference = graph.add("Abs", graph.add("Sub", grey, past.grey))
    moved = graph.add("Round", window.mean(graph, [difference], 2)[0])
    same_scene = graph.add("LessOrEqual", graph.add("ReduceMean", moved, keepdims=0), CUT)
    change = graph.add("Sub", alpha, past.alpha)
    flicker = graph.add("Div", graph.add("Abs", change), STEP)
    motion = graph.add("Max", flicker, graph.add("Div", moved, LIGHT))
    still = graph.add("Max", graph.add("Sub", 1.0, graph.add("Mul", motion, motion)), 0.0)
    keep = graph.add("Mul", graph.add("Mul", still, 0.9 * strength), graph.add("Cast", same_scene, to=1))
    return graph.add("Sub", alpha, graph.add("Mul", keep, change))
