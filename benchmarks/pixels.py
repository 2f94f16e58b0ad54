"""What the loop's own pixel work costs on one core, beside the straightforward way.

python benchmarks/pixels.py [--size 1280x720]
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import cv2
import numpy as np

from live_seg.config import build
from live_seg.effects.blend import lay_over
from live_seg.effects.blur import blurred_room
from live_seg.effects.edges import edge_colours
from live_seg.frame import Size
from live_seg.matting.patches import without_stray
from live_seg.matting.preprocess import Views
from live_seg.matting.refine import Guided
from live_seg.matting.steady import Steady
from live_seg.models import best_model
from live_seg.shrink import shrink
from live_seg.sources.synthetic import SyntheticSource


def median_ms(work: Callable[[], object], repeats: int = 30) -> float:
    """Median of the time of one call."""
    work()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1e3


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=Size.parse, default=Size(1280, 720))
    size = parser.parse_args().size
    cv2.setNumThreads(1)
    source = SyntheticSource("", build({"source": {"size": str(size)}}), lambda: 0.0)
    image, alpha = source.frame(0).image, source.alpha(0)
    network = best_model("int8").input_size(size)
    views = Views(image, network)
    small, guide = views.small, views.guide()
    matte = shrink(alpha, network).astype(np.float32) / 255
    untidy = matte.copy()
    for across in (1, 2, 3):
        cv2.circle(untidy, (across * network.width // 4, 8), 5, 0.6, -1)
    canvas = blurred_room(image, alpha, 16)
    room = canvas.copy()
    steady, guided = Steady(0.5), Guided()
    edges = edge_colours(image, alpha)
    wide = alpha[..., None].astype(np.uint16)
    rows: list[tuple[str, Callable[[], object], Callable[[], object] | None]] = [
        (
            "shrink",
            lambda: Views(image, network).guide(),
            lambda: cv2.resize(image, network, interpolation=cv2.INTER_AREA),
        ),
        ("one patch", lambda: without_stray(matte, 0.92, 3.0), None),
        ("and three stray ones", lambda: without_stray(untidy, 0.92, 3.0), None),
        ("steady", lambda: steady(matte, small), None),
        ("refine", lambda: guided(matte, small, guide, size), None),
        ("blurred room", lambda: blurred_room(image, alpha, 16, canvas), lambda: cv2.GaussianBlur(image, (0, 0), 16)),
        ("blend", lambda: lay_over(image, alpha, canvas), lambda: (image * wide + room * (255 - wide) + 127) // 255),
        ("edges' own colours", lambda: edge_colours(image, alpha, edges), None),
        ("blend with them", lambda: lay_over(image, alpha, canvas, edges), None),
    ]
    print(f"{size}, one core         ours   straightforward (ms)")
    for name, own, plain in rows:
        print(f"{name:20s} {median_ms(own):8.2f}   {f'{median_ms(plain):8.2f}' if plain else ''}")


if __name__ == "__main__":
    main()
