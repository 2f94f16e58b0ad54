"""What the one graph costs on a CPU, beside the loop's own way: processor time a frame, on one thread.

python benchmarks/gpu/on_cpu.py [--size 1280x720] [--repeats 9]
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import replace

import cv2

from live_seg.config import build
from live_seg.effects import open_effect
from live_seg.frame import Frame, Size
from live_seg.fused.assemble import Recipe
from live_seg.fused.forms import form_of
from live_seg.fused.session import FusedSession
from live_seg.matting import Matter
from live_seg.models import Network, best_model
from live_seg.sources.synthetic import SyntheticSource


def main() -> None:
    """Measures in turn, and prints medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=Size.parse, default=Size(1280, 720))
    parser.add_argument("--repeats", type=int, default=9)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    config = build({"engine": {"threads": 1}, "source": {"size": str(options.size)}})
    effect, image = open_effect(config), SyntheticSource("", config, lambda: 0.0).frame(0).image
    quantised, half = best_model("int8"), best_model("fp16")
    half = replace(half, area_px=quantised.area_px)  # all see the same

    def ours(network: Network) -> Callable[[], object]:
        matter = Matter(network, config.matting)
        return lambda: effect(image, matter(Frame(image, 0, 0.0)).alpha)

    session = FusedSession(Recipe(half, config.matting, form_of(effect), options.size), "cpu", config.engine)
    ways = {
        "int8, OpenCV": ours(Network(quantised, "cpu", config.engine)),
        "fp32, OpenCV": ours(Network(half, "cpu", config.engine)),
        "fp32, one graph": lambda: session(image),
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(options.repeats + 1):
        for name, run in ways.items():
            start = time.process_time()
            run()
            times[name].append((time.process_time() - start) * 1e3)
    for name, found in times.items():
        print(f"{options.size}, blur, {name:16s} {statistics.median(found[1:]):6.1f} ms")


if __name__ == "__main__":
    main()
