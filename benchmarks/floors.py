"""What each stage takes, beside the least that this machine could do it in.

    python benchmarks/floors.py [--size 1280x720]

Floor of a pixel stage: the bytes that it must read and write, over the measured speed of a copy on one core. Of the
network: its operations, over the fastest rate at which a runtime here computes an int8 convolution that suits it.
Needs the packages onnx, and openvino where there is one. Prints Markdown.
"""

from __future__ import annotations

import argparse
import re
import tempfile
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from pixels import median_ms

from live_seg.bench.machine import this_machine
from live_seg.config import Config, build
from live_seg.effects.blend import lay_over
from live_seg.effects.blur import blurred_room
from live_seg.engines import engines
from live_seg.errors import EngineError
from live_seg.frame import Size
from live_seg.matting import choose
from live_seg.matting.preprocess import Views
from live_seg.matting.refine import Guided
from live_seg.models import Model
from live_seg.shrink import shrink
from live_seg.sources.synthetic import SyntheticSource

_CHANNELS, _SIDE = 256, Size(64, 40)
"""A 3x3 convolution of the size that networks like ours have in their middle, and that fills vector units."""


def copied_gb_s() -> float:
    """Bytes read and written a second by one core that copies what no cache holds."""
    source = np.ones(64_000_000, np.uint8)
    target = np.empty_like(source)
    return 2 * source.nbytes / median_ms(lambda: np.copyto(target, source), 15) / 1e6


def fp32_gflop_s() -> float:
    """Operations a second of a large matrix product in NumPy."""
    matrix = np.ones((1024, 1024), np.float32)
    return 2 * 1024**3 / median_ms(lambda: matrix @ matrix, 15) / 1e6


def int8_gop_s() -> dict[str, float]:
    """Operations a second of an int8 convolution on each CPU engine that is here."""
    operations = 2 * 9 * _CHANNELS**2 * _SIDE.width * _SIDE.height
    blob = np.random.default_rng(1).random((1, 3, _SIDE.height, _SIDE.width), np.float32)
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        times = {}
        for repeats in (1, 9):  # what is round the convolution is taken off by the difference
            file = Path(folder) / f"{repeats}.onnx"
            onnx.save(convolutions(repeats), file)
            for name in ("cpu", "openvino"):
                try:
                    engine = engines.get(name)(file, _SIDE, Config().engine)
                except EngineError:
                    continue
                times[name, repeats] = median_ms(lambda engine=engine: engine.run(blob), 30)
                engine.close()
        for name in {name for name, _ in times}:
            found[name] = 8 * operations / (times[name, 9] - times[name, 1]) / 1e6
    return found


def convolutions(count: int) -> onnx.ModelProto:
    """A 1x1 convolution to the channels, then so many 3x3 ones in int8, then one to a single channel."""
    random = np.random.default_rng(0)
    tensors = [
        numpy_helper.from_array(np.float32(0.02), "scale"),
        numpy_helper.from_array(np.uint8(0), "zero"),
        numpy_helper.from_array(np.float32(0.001), "weight_scale"),
        numpy_helper.from_array(np.int8(0), "weight_zero"),
    ]
    nodes, last, inputs = [], "input", 3
    for number in range(count + 2):
        outputs, kernel = (1 if number == count + 1 else _CHANNELS), (3 if 0 < number <= count else 1)
        weight = random.integers(-9, 10, (outputs, inputs, kernel, kernel), dtype=np.int8)
        tensors.append(numpy_helper.from_array(weight, f"w{number}"))
        nodes += [
            helper.make_node("QuantizeLinear", [last, "scale", "zero"], [f"q{number}"]),
            helper.make_node("DequantizeLinear", [f"q{number}", "scale", "zero"], [f"d{number}"]),
            helper.make_node("DequantizeLinear", [f"w{number}", "weight_scale", "weight_zero"], [f"dw{number}"]),
            helper.make_node("Conv", [f"d{number}", f"dw{number}"], [f"c{number}"], pads=[kernel // 2] * 4),
            helper.make_node("Relu", [f"c{number}"], [f"r{number}"]),
        ]
        last, inputs = f"r{number}", outputs
    shape = [1, 3, _SIDE.height, _SIDE.width]
    graph = helper.make_graph(
        nodes,
        "convolutions",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(last, TensorProto.FLOAT, [1, 1, *shape[2:]])],
        tensors,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def operations(model: Model, size: Size) -> float:
    """Billions of operations of a run, from what the row tells of 256x160."""
    told = re.search(r"([\d.]+) GMACs at (\d+)x(\d+)", model.description)
    if not told:
        raise SystemExit(f"the row of {model.name} does not tell its operations")
    return 2 * float(told[1]) * size.width * size.height / (int(told[2]) * int(told[3]))


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=Size.parse, default=Size(1280, 720))
    size = parser.parse_args().size
    source = SyntheticSource("", build({"source": {"size": str(size)}}), lambda: 0.0)
    image, alpha = source.frame(0).image, source.alpha(0)
    network = choose(Config().engine, size).network
    small = network.input_size(size)
    blob = np.random.default_rng(0).normal(0, 1, (1, 3, small.height, small.width)).astype(np.float32)
    network_ms = median_ms(lambda: network(blob), 60)
    copied, fp32, int8 = copied_gb_s(), fp32_gflop_s(), int8_gop_s()
    cv2.setNumThreads(1)
    views, guided = Views(image, small), Guided()
    tiny, guide = views.small, views.guide()
    canvas = blurred_room(image, alpha, 16)
    matte = shrink(alpha, small).astype(np.float32) / 255
    pixels = size.width * size.height
    own: list[tuple[str, Callable[[], object], float]] = [
        ("shrink", lambda: Views(image, small).guide(), image.nbytes + tiny.nbytes + guide.nbytes),
        ("refine", lambda: guided(matte, tiny, guide, size), guide.nbytes + pixels),
        ("blurred room", lambda: blurred_room(image, alpha, 16, canvas), 2 * image.nbytes + pixels),
        ("blend", lambda: lay_over(image, alpha, canvas), 3 * image.nbytes + pixels),
    ]
    rates = ", ".join(f"{name} {rate:.0f}" for name, rate in sorted(int8.items()))
    print(f"{this_machine().label}. A copy on one core: {copied:.1f} GB/s.")
    print(f"fp32: {fp32:.0f} GFLOP/s. int8 convolution: {rates} GOP/s.\n")
    print(f"| {size} | ours | floor | times |\n|---|---:|---:|---:|")
    floor_ms = operations(network.model, small) / max(int8.values()) * 1e3
    print(f"| network ({network.engine}) | {network_ms:.2f} ms | {floor_ms:.2f} ms | {network_ms / floor_ms:.1f} |")
    for name, work, size_bytes in own:
        took_ms, floor_ms = median_ms(work), size_bytes / copied / 1e6
        print(f"| {name}, one core | {took_ms:.2f} ms | {floor_ms:.2f} ms | {took_ms / floor_ms:.1f} |")


if __name__ == "__main__":
    main()
