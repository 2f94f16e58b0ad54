"""Frames a second of the whole loop, beside the straightforward pipeline, in one run.

    python benchmarks/loop.py [--size 1280x720] [--camera demo] [--frames 300] [--repeats 3] [--json FILE]

Decoded frames in memory, effect blur, null sink; the network on every frame. The straightforward pipeline is what one
writes first: resize, the fp32 network, a Gaussian blur of the whole picture, a blend in floats. Rounds alternate; the
medians are compared, since machines and minutes differ.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import time
from pathlib import Path

import cv2
import numpy as np
from memory_source import MemorySource, decoded

from live_seg.config import Config, build
from live_seg.frame import Image, Size
from live_seg.live.pipeline import Pipeline
from live_seg.matting import Choice, choose
from live_seg.models import Network, best_model
from live_seg.sinks import Stream, open_sink


def cpu_s() -> float:
    """CPU time of this process so far."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def ours(choice: Choice, config: Config, images: list[Image], count: int) -> None:
    """The app's own loop."""
    source = MemorySource(images, count)
    sink = open_sink("null", config, Stream(source.size, source.fps, lossless=True))
    Pipeline(config, source, lambda size: choice, lossless=True).run([sink])


def straightforward(network: Network, images: list[Image], count: int) -> None:
    """What one writes first."""
    source = MemorySource(images, count)
    size = network.input_size(source.size)
    mean, deviation = np.array(network.model.mean, np.float32), np.array(network.model.std, np.float32)
    while (frame := source.read(0)) is not None:
        small = cv2.cvtColor(cv2.resize(frame.image, size, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2RGB)
        blob = ((small.astype(np.float32) / 255 - mean) / deviation).transpose(2, 0, 1)[None]
        logits = network(np.ascontiguousarray(blob))[0, 0]
        alpha = cv2.resize(1 / (1 + np.exp(-logits)), source.size)[..., None]
        room = cv2.GaussianBlur(frame.image, (0, 0), 16)
        (frame.image * alpha + room * (1 - alpha)).astype(np.uint8)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=Size.parse, default=Size(1280, 720))
    parser.add_argument("--camera", default="demo")
    parser.add_argument("--engine", default="auto")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--frames", type=int, default=300)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    config = build({"engine": {"name": options.engine, "threads": options.threads}, "effect": {"name": "blur"}})
    images = decoded(options.camera, options.size, 60)
    choice = choose(config.engine, options.size)
    plain = Network(best_model("fp16"), "cpu", config.engine)
    plain_area = Network(best_model("int8"), "cpu", config.engine)
    plain.input_size = plain_area.input_size  # type: ignore[method-assign]  # the same input as ours
    print(f"{options.size}, {choice.why}")
    rows: dict[str, list[tuple[float, float]]] = {"ours": [], "straightforward": []}
    for _ in range(options.repeats + 1):
        for name, run, count in (
            ("ours", lambda n: ours(choice, config, images, n), options.frames),
            ("straightforward", lambda n: straightforward(plain, images, n), max(10, options.frames // 6)),
        ):
            wall, cpu = time.perf_counter(), cpu_s()
            run(count)
            rows[name].append((count / (time.perf_counter() - wall), (cpu_s() - cpu) / count * 1e3))
    result = {}
    for name, measured in rows.items():
        fps = [row[0] for row in measured[1:]]  # the first round warms up
        result[name] = {"fps": statistics.median(fps), "fps_min": min(fps), "fps_max": max(fps)}
        result[name]["cpu_ms"] = statistics.median(row[1] for row in measured[1:])
        print(
            "{0:16s} {fps:6.1f} FPS ({fps_min:.1f} to {fps_max:.1f}), {cpu_ms:.1f} ms CPU a frame".format(
                name, **result[name]
            )
        )
    print(f"ratio {result['ours']['fps'] / result['straightforward']['fps']:.1f}")
    print(
        f"memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB at most, both pipelines together"
    )
    if options.json:
        options.json.write_text(json.dumps({"size": str(options.size), "engine": choice.why, **result}, indent=1))


if __name__ == "__main__":
    main()
