"""The same graph by torch, recorded as one CUDA graph: what another runtime makes of it on this device.

    python benchmarks/gpu/torch_reference.py [--device cuda]

Host memory to host memory, as `fused.py`; and its picture beside ONNX Runtime's on the CPU.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from bound import arguments, row, save
from fused import SIZES, recipe
from in_torch import InTorch

from live_seg.config import build
from live_seg.frame import Size
from live_seg.fused.assemble import assemble
from live_seg.fused.session import FusedSession
from live_seg.fused.steady import NO_PAST
from live_seg.sources.demo import DemoSource


class Replayed:
    """The graph on a device: recorded there if it is a GPU, else simply run."""

    def __init__(self, graph: InTorch, device: str) -> None:
        self._graph = graph
        self._replay: Callable[[], object] | None = None
        self._made = graph()
        if device == "cuda":
            for _ in range(3):
                self._made = graph()
            torch.cuda.synchronize()
            recorded = torch.cuda.CUDAGraph()
            with torch.cuda.graph(recorded):
                self._made = graph()
            self._replay = recorded.replay
        pinned = device == "cuda"
        self._frame = torch.zeros_like(graph.inputs["frame"], device="cpu", pin_memory=pinned)
        self._pictures = {
            name: torch.zeros_like(self._made[name], device="cpu", pin_memory=pinned) for name in ("picture", "alpha")
        }

    def __call__(self, image: Any) -> Any:
        """The picture, in memory of its own that the next call writes to."""
        self._frame.copy_(torch.from_numpy(image))
        self._graph.inputs["frame"].copy_(self._frame, non_blocking=True)
        if self._replay:
            self._replay()
        else:
            self._made = self._graph()
        for name, memory in self._pictures.items():
            memory.copy_(self._made[name], non_blocking=True)
        if self._replay:
            torch.cuda.synchronize()
        return self._pictures["picture"].numpy()


def main() -> None:
    """Measures blur at every size."""
    options = arguments(__doc__)
    device = "cpu" if options.device == "cpu" else "cuda"
    rows = []
    for size in (Size(640, 360),) if options.tiny else SIZES:
        config = build({"effect": {"name": "blur"}, "source": {"size": str(size)}})
        source = DemoSource("", config, lambda: 0.0)
        frames = [source.frame(index).image for index in range(4)]
        images = itertools.cycle(frames)
        with torch.inference_mode():
            graph = InTorch(assemble(recipe(config, size)), device)
            graph.inputs["past_grey"].fill_(NO_PAST)
            run = Replayed(graph, device)
            found = row(
                "torch and CUDA graphs",
                "reference",
                lambda run=run, images=images: run(next(images)),
                options.seconds,
                size=str(size),
                effect="blur",
                engine=f"torch {torch.__version__} ({device})",
            )
            with FusedSession(recipe(config, size), "cpu", config.engine) as session:
                apart = np.abs(run(frames[0]).astype(int) - session(frames[0]).picture)
        rows.append(found | {"largest_difference": int(apart.max()), "mean_difference": round(float(apart.mean()), 4)})
        print(rows[-1])
    save("torch", options, {"rows": rows})


if __name__ == "__main__":
    main()
