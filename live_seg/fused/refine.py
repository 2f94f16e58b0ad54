"""Enlargement of the matte as graph."""

from __future__ import annotations

from live_seg.frame import Size
from live_seg.fused import resize, window
from live_seg.fused.graph import Graph, Plane
from live_seg.matting.refine import CONTRAST, EPSILON, UNSURE


def bilinear(graph: Graph, alpha: Plane, full: Size) -> Plane:
    """`matting.refine.bilinear`: whole levels (1, 1, H, W) of alpha 0..1."""
    return resize.linear(graph, _levels(graph, alpha), full)


def guided(graph: Graph, alpha: Plane, grey: str, guide: Plane, radius_px: int, full: Size) -> Plane:
    """`matting.refine.Guided`: whole levels (1, 1, H, W).

    Where no pixel of the whole matte is unsure, OpenCV's way enlarges once and this one twice: a level of difference.

    Parameters
    ----------
    alpha
        0..1, at the network's size.
    grey, guide
        Lightness of the picture, whole levels, at the network's size and at `middle_size`.
    """
    plain, middle = _levels(graph, alpha), guide.size
    least, most = (float(level) for level in UNSURE)
    inside = graph.add(
        "And", graph.add("GreaterOrEqual", plain.name, least), graph.add("LessOrEqual", plain.name, most)
    )
    unsure = window.greatest(graph, graph.add("Mul", graph.add("Cast", inside, to=1), 255.0), radius_px)
    near = resize.linear(graph, Plane(unsure, 1, alpha.size), middle)
    slope, offset = _fit(graph, alpha.name, graph.add("Mul", grey, 1 / 255), radius_px)
    slope = graph.add("Mul", slope, CONTRAST)
    offset = graph.add("Add", graph.add("Mul", graph.add("Sub", offset, 0.5), 255 * CONTRAST), 127.5)
    slope = resize.smooth(graph, Plane(slope, 1, alpha.size), middle).name
    offset = resize.smooth(graph, Plane(offset, 1, alpha.size), middle).name
    fitted = graph.add("Add", graph.add("Mul", guide.name, slope), offset)
    levels = graph.add("Round", graph.add("Clip", fitted, 0.0, 255.0))
    kept = resize.linear(graph, plain, middle).name
    mixed = graph.add("Where", graph.add("Greater", near.name, 0.0), levels, kept)
    return resize.linear(graph, Plane(mixed, 1, middle), full)


def _fit(graph: Graph, alpha: str, guide: str, radius_px: int) -> tuple[str, str]:
    products = [graph.add("Mul", guide, guide), graph.add("Mul", guide, alpha)]
    mean, mean_alpha, mean_square, mean_product = window.mean(graph, [guide, alpha, *products], radius_px)
    variance = graph.add("Sub", mean_square, graph.add("Mul", mean, mean))
    covariance = graph.add("Sub", mean_product, graph.add("Mul", mean, mean_alpha))
    slope = graph.add("Div", covariance, graph.add("Add", variance, EPSILON))
    offset = graph.add("Sub", mean_alpha, graph.add("Mul", slope, mean))
    averaged = window.mean(graph, [slope, offset], radius_px)
    return averaged[0], averaged[1]


def _levels(graph: Graph, alpha: Plane) -> Plane:
    return alpha._replace(name=graph.add("Floor", graph.add("Add", graph.add("Mul", alpha.name, 255.0), 0.5)))
