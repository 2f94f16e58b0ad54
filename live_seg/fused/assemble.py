"""The whole graph: a frame in, the finished picture out.

    frame uint8 (H, W, 3) ─▶ shrink ─▶ network ─▶ steady ─▶ refine ─▶ effect ─▶ picture uint8 (H, W, 3 or 4)
                                                    ▲ │         └─▶ alpha uint8 (H, W), for the guard
                                       past ────────┘ └─▶ past of the next frame

Each part stands in a file of its own, beside the name of what it is the graph of; `tests/fused` sets the whole beside
the OpenCV way.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from live_seg.config.tree import Matting
from live_seg.frame import Size
from live_seg.fused import refine
from live_seg.fused.forms import Form
from live_seg.fused.graph import Graph, Plane
from live_seg.fused.grey import grey
from live_seg.fused.network import guess
from live_seg.fused.resize import halved, shrink
from live_seg.fused.steady import Past, steady
from live_seg.matting.refine import middle_size
from live_seg.models import Model


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that a graph depends on; equal recipes make equal graphs.

    Attributes
    ----------
    model
        The network.
    matting
        How its matte is steadied and enlarged.
    form
        The effect; None for the matte alone, where OpenCV does the rest.
    size
        Of the frames.
    """

    model: Model
    matting: Matting
    form: Form | None
    size: Size

    @property
    def small(self) -> Size:
        """Size of the network's input."""
        return self.model.input_size(self.size)


def assemble(recipe: Recipe) -> bytes:
    """The ONNX file of a recipe.

    Inputs: `frame` uint8 (H, W, 3); `background` the same, if the form takes one; `past_alpha` and `past_grey` float32
    (1, 1, h, w), if it is steadied. Outputs: `picture` uint8 (H, W, 3 or 4), if there is a form; `alpha` uint8 (H, W);
    `statistics` float32 (2,): confidence, and a number that is finite only if all logits are; `new_alpha` and
    `new_grey`, the past of the next frame.

    Raises
    ------
    NoGraphForm
        If the size or the model has no form as graph.
    """
    graph, size, small = Graph(), recipe.size, recipe.small
    image = _image(graph, "frame", size)
    near = halved(graph, image, middle_size(small, size))
    seen = shrink(graph, near, small)
    found = guess(graph, seen, recipe.model)
    lightness = grey(graph, seen)
    matte = found.alpha
    if recipe.matting.steady:
        shape = (1, 1, small.height, small.width)
        past = Past(*(graph.input(name, np.float32, shape) for name in ("past_alpha", "past_grey")))
        matte = steady(graph, matte, lightness, past, recipe.matting.steady)
        graph.add("Identity", matte, made="new_alpha")
        graph.add("Identity", lightness, made="new_grey")
        graph.output("new_alpha", np.float32, shape)
        graph.output("new_grey", np.float32, shape)
    alpha = _enlarged(graph, recipe, Plane(matte, 1, small), lightness, near)
    graph.add("Cast", graph.add("Squeeze", alpha.name, np.array([0, 1], np.int64)), to=_UINT8, made="alpha")
    graph.output("alpha", np.uint8, (size.height, size.width))
    if recipe.form:
        background = _image(graph, "background", size) if recipe.form.takes_background else None
        _give(graph, "picture", recipe.form.build(graph, image, alpha, background), (*size[::-1], recipe.form.channels))
    numbers = [graph.add("Unsqueeze", one, np.array([0], np.int64)) for one in (found.confidence, found.level)]
    graph.add("Concat", *numbers, axis=0, made="statistics")
    graph.output("statistics", np.float32, (2,))
    return graph.model()


_UINT8, _FLOAT = 2, 1
"""ONNX's numbers of the types."""


def _enlarged(graph: Graph, recipe: Recipe, matte: Plane, lightness: str, near: Plane) -> Plane:
    if recipe.matting.refine == "bilinear":
        return refine.bilinear(graph, matte, recipe.size)
    guide = shrink(graph, Plane(grey(graph, near), 1, near.size), middle_size(recipe.small, recipe.size))
    return refine.guided(graph, matte, lightness, guide, recipe.matting.radius_px, recipe.size)


def _image(graph: Graph, name: str, size: Size) -> Plane:
    """Levels of an image that goes in. TensorRT takes 8 bits only where they become floats at once."""
    levels = graph.add("Cast", graph.input(name, np.uint8, (size.height, size.width, 3)), to=_FLOAT)
    planes = graph.add("Transpose", levels, perm=[2, 0, 1])
    return Plane(graph.add("Unsqueeze", planes, np.array([0], np.int64)), 3, size)


def _give(graph: Graph, name: str, planes: str, shape: tuple[int, ...]) -> None:
    whole = graph.add("Transpose", graph.add("Squeeze", planes, np.array([0], np.int64)), perm=[1, 2, 0])
    graph.add("Cast", whole, to=_UINT8, made=name)
    graph.output(name, np.uint8, shape)
