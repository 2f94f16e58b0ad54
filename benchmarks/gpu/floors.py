"""The least that the device could do it in: bytes over the measured bus, operations over the measured rate.

python benchmarks/gpu/floors.py [--device cuda]
"""

from __future__ import annotations

from typing import Any

import numpy as np
from bound import Bound, arguments, row, save

from live_seg.frame import Size
from live_seg.fused.graph import Graph

FRAMES = (Size(640, 360), Size(1280, 720), Size(1920, 1080), Size(3840, 2160))


def products(side: int, count: int) -> bytes:
    """A graph of so many products of square fp16 matrices, one after the other."""
    graph = Graph()
    matrix = (np.eye(side) + np.random.default_rng(0).normal(0, 1e-3, (side, side))).astype(np.float16)
    last = graph.add("Cast", graph.input("seed", np.float32, (side, side)), to=10)
    for _ in range(count):
        last = graph.add("MatMul", last, matrix)
    graph.add("ReduceMean", graph.add("Cast", last, to=1), keepdims=0, made="mean_alone")
    graph.add("Unsqueeze", "mean_alone", np.array([0], np.int64), made="mean")
    graph.output("mean", np.float32, (1,))
    return graph.model()


def rate(device: str, tiny: bool, seconds: float) -> dict[str, Any]:
    """Billions of fp16 operations a second; what is round the products is taken off by the difference of two counts."""
    side, few, many = (256, 1, 3) if tiny else (4096, 2, 10)
    times = [
        row(f"{count} products", "floor", Bound(device, products(side, count)).run, seconds)["p50_ms"]
        for count in (few, many)
    ]
    gflop = 2 * side**3 * (many - few) / 1e9
    return {"fp16_gflop_s": round(gflop / max(times[1] - times[0], 1e-6) * 1e3, 1)}


def bus(device: str, tiny: bool, seconds: float) -> dict[str, Any]:
    """GB/s there and back, of the very copies that a frame takes."""
    graph, size = Graph(), (2_000_000 if tiny else 64_000_000,)
    content = graph.add("Cast", graph.input("there", np.uint8, size), to=1)
    graph.add("Cast", content, to=2, made="back")
    graph.output("back", np.uint8, size)
    bound = Bound(device, graph.model())
    memory = np.zeros(size, np.uint8)
    there = row("copy there", "floor", lambda: bound.tensors.put("there", memory), seconds)["p50_ms"]
    straight = row("copy there, DMA alone", "floor", lambda: straight_put(bound, memory), seconds)["p50_ms"]
    back = row("copy back", "floor", lambda: bound.tensors.get("back"), seconds)["p50_ms"]
    found = {"there_gb_s": there, "there_dma_gb_s": straight, "back_gb_s": back}
    return {name: round(size[0] / value / 1e6, 2) for name, value in found.items()}


def straight_put(bound: Bound, memory: Any) -> None:
    """Without the processor's copy into page-locked memory before it, once that memory is there."""
    locked = bound.tensors._on_the_way.get("there", memory)
    bound.tensors.values["there"].update_inplace(locked)


def main() -> None:
    """Measures both, and what follows from them for each size of frame."""
    options = arguments(__doc__)
    found = bus(options.device, options.tiny, options.seconds) | rate(options.device, options.tiny, options.seconds)
    for size in FRAMES:
        pixels = size.width * size.height
        up, down = 3 * pixels / found["there_dma_gb_s"], 4 * pixels / found["back_gb_s"]  # picture and alpha
        found[f"bus_floor_ms {size}"] = round((up + down) / 1e6, 4)
    for size, billions in (("256x160", 5.5), ("512x288", 19.8), ("1024x576", 79.2)):  # 2.75 GMACs at 256x160
        found[f"network_floor_ms {size}"] = round(billions / found["fp16_gflop_s"] * 1e3, 4)
    save("floors", options, found)


if __name__ == "__main__":
    main()
