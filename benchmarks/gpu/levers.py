"""Options of CUDA's provider that are not used, each beside what ships: the network, and the whole graph with blur.

python benchmarks/gpu/levers.py [--device cuda]

A lever that pays, and leaves `correctness.py` passing, belongs into `live_seg/engines/onnxruntime_nvidia.py`.
"""

from __future__ import annotations

from bound import Bound, arguments, row, save
from fused import recipe

from live_seg.config import build
from live_seg.engines.onnxruntime import first_line
from live_seg.frame import Size
from live_seg.fused.assemble import assemble
from live_seg.models import best_model

LEVERS: dict[str, dict[str, str]] = {
    "as it ships": {},
    "channels last": {"prefer_nhwc": "1"},  # the order that fp16 units want; else each convolution may reorder
    "convolutions by heuristics": {"cudnn_conv_algo_search": "HEURISTIC"},  # loads faster; maybe slower
    "fused convolutions": {"fuse_conv_bias": "1"},
    "memory as asked for": {"arena_extend_strategy": "kSameAsRequested"},
}


def main() -> None:
    """Measures each lever by itself; the first row comes again at the end, to tell drift from gain."""
    options = arguments(__doc__)
    inside, size = (Size(256, 160), Size(640, 360)) if options.tiny else (Size(512, 288), Size(1920, 1080))
    config = build({"effect": {"name": "blur"}, "source": {"size": str(size)}})
    network = best_model("fp16")
    things = {
        f"{network.name}, {inside}": (network.file, {"batch": 1, "height": inside.height, "width": inside.width}),
        f"blur, {size}": (assemble(recipe(config, size)), {}),
    }
    levers = LEVERS if options.device == "cuda" else {"as it ships": {}}
    rows = []
    for name, (model, dimensions) in things.items():
        for lever in (*levers, "as it ships"):
            try:
                bound = Bound(options.device, model, dimensions, more=levers[lever])
                rows.append(row(name, "ours", bound.run, options.seconds, lever=lever, engine=options.device))
            except Exception as error:  # noqa: BLE001  # whatever a device makes of an option
                print(f"{lever}: not measured; {first_line(error)}")
    save("levers", options, {"rows": rows})


if __name__ == "__main__":
    main()
