"""What must be true on the device before any figure counts.

    python benchmarks/gpu/correctness.py [--device cuda]

- The graph's picture is OpenCV's within 2 levels: every effect, several sizes, two of them open in one process.
- An engine error in the loop hides the room, and pictures come back.
- A device without memory is an error of one line, and works again when it has some.

Ends with code 1 if one of them is not.
"""

from __future__ import annotations

import ctypes
import itertools
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np
from bound import arguments, save
from fused import EFFECTS, recipe

from live_seg.config import build
from live_seg.config.tree import Engine as EngineConfig
from live_seg.effects import open_effect
from live_seg.engines import engines
from live_seg.engines.onnxruntime import first_line
from live_seg.errors import EngineError
from live_seg.frame import Finished, Frame, Size
from live_seg.fused.builder import Builder
from live_seg.fused.forms import background_of
from live_seg.fused.matter import FusedMatter
from live_seg.fused.session import FusedSession
from live_seg.matting import Matter
from live_seg.models import Network, best_model
from live_seg.sources.demo import DemoSource

SIZES = (Size(1280, 720), Size(640, 360), Size(1919, 1079), Size(720, 1280))
_MOST, _MEAN = 2, 0.02


def equal(device: str, size: Size, effect: str, frames: int) -> dict[str, Any]:
    """The graph beside the network on the same device with OpenCV round it, and beside the network on the CPU."""
    config = build({"effect": {"name": effect}, "source": {"size": str(size)}, "matting": {"sure": 0.0}})
    model, made_by = best_model("fp16"), open_effect(config)
    source = DemoSource("", config, lambda: 0.0)
    background = background_of(made_by, size)
    worst: dict[str, Any] = {"size": str(size), "effect": effect}
    with FusedSession(recipe(config, size), device, config.engine) as session:
        for beside in dict.fromkeys((device, "cpu")):
            session.reset()
            with Network(model, beside, config.engine) as network:
                matter = Matter(network, config.matting)
                most, mean = 0, 0.0
                for index in range(frames):
                    image = source.frame(index).image
                    matte = matter(Frame(image, index, index / 30))
                    apart = np.abs(session(image, background).picture.astype(int) - made_by(image, matte.alpha))
                    if effect == "transparent":  # one level of alpha decides whether it counts as nothing
                        apart[np.abs(matte.alpha.astype(int) - 15) <= _MOST] = 0
                    most, mean = max(most, int(apart.max())), max(mean, float(apart.mean()))
            if not 10 < matte.alpha.mean() < 245:
                raise ValueError("the network sees no person beside a room: nothing is compared")
            worst |= {f"most, beside {beside}": most, f"mean, beside {beside}": round(mean, 4)}
    worst["passed"] = worst[f"most, beside {device}"] <= _MOST and worst[f"mean, beside {device}"] <= _MEAN
    return worst


def two_sizes(device: str) -> dict[str, Any]:
    """Two sessions that take turns make what each makes alone."""
    config = build({})
    sizes = (Size(640, 360), Size(320, 240))
    frames = {size: DemoSource("", build({"source": {"size": str(size)}}), lambda: 0.0) for size in sizes}
    alone = {}
    for size in sizes:
        with FusedSession(recipe(config, size), device, config.engine) as session:
            alone[size] = [session(frames[size].frame(index).image).picture for index in range(4)]
    first, second = (FusedSession(recipe(config, size), device, config.engine) for size in sizes)
    passed = True
    for index in range(4):
        for size, session in zip(sizes, (first, second), strict=True):
            passed &= bool((session(frames[size].frame(index).image).picture == alone[size][index]).all())
    return {"check": "two sizes in one process", "passed": passed}


def error_and_back(device: str) -> dict[str, Any]:
    """A run that fails is an `EngineError`; the next frame is matted all the same."""
    config = build({})
    effect, model = open_effect(config), best_model("fp16")
    source = DemoSource("", build({"source": {"size": "640x360"}}), lambda: 0.0)
    with Network(model, device, config.engine) as network:
        builder = Builder([device], config.engine, waits=True)
        matter = FusedMatter(network, config.matting, builder, lambda: effect)
        before = matter(source.frame(0)).finished
        assert builder._session is not None
        builder._session._session = None  # as if the device had fallen out
        try:
            matter(source.frame(1))
            raised = False
        except EngineError:
            raised = True
        after = matter(source.frame(2))
    passed = isinstance(before, Finished) and raised and after.finished is None and after.alpha.any()
    return {"check": "an engine error, and mattes after it", "passed": bool(passed)}


def no_memory(device: str) -> dict[str, Any]:
    """Fills the device, loads, frees, loads again."""
    if device == "cpu":
        return {"check": "a device without memory", "passed": True, "note": "not run: it is the CPU"}
    config = build({})
    said = ""
    with filled():
        try:
            FusedSession(recipe(config, Size(3840, 2160)), device, config.engine).close()
        except EngineError as error:
            said = str(error)
    with FusedSession(recipe(config, Size(640, 360)), device, config.engine) as session:
        works = bool(session(np.zeros((360, 640, 3), np.uint8)).picture.shape)
    return {"check": "a device without memory", "passed": bool(said) and "\n" not in said and works, "said": said}


@contextmanager
def filled() -> Iterator[None]:
    """Holds all of the device's memory, from CUDA itself: what ONNX Runtime takes for tensors it never gives back."""
    cuda, held, size = ctypes.CDLL("libcudart.so.13"), [], 1 << 33
    try:
        while size >= 1 << 24:
            address = ctypes.c_void_p()
            if cuda.cudaMalloc(ctypes.byref(address), ctypes.c_size_t(size)):
                cuda.cudaGetLastError()
                size //= 2
            else:
                held.append(address)
        yield
    finally:
        for address in held:
            cuda.cudaFree(address)


def without_gpu() -> dict[str, Any]:
    """`auto` in a process that sees no GPU takes the CPU, and says why."""
    words = ["--camera", "synthetic", "--size", "320x180", "--no-window", "--frames", "5", "--engine", "auto"]
    hidden = {**os.environ, "CUDA_VISIBLE_DEVICES": "", "XDG_CACHE_HOME": os.devnull}
    command = [sys.executable, "-m", "live_seg", *words]
    done = subprocess.run(command, env=hidden, capture_output=True, text=True, check=False)
    return {
        "check": "auto without a GPU",
        "passed": done.returncode == 0 and "CPU" in done.stderr,
        "said": done.stderr.splitlines()[1:2],
    }


def tried(name: str, check: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What the check found; one that broke off has failed, and leaves the others their turn."""
    try:
        found = check()
    except Exception as error:  # noqa: BLE001  # whatever a device comes up with
        found = {"check": name, "passed": False, "said": f"{type(error).__name__}: {first_line(error)}"}
    print(found)
    return found


def main() -> None:
    """Runs all of them."""
    options = arguments(__doc__)
    device: str = options.device
    kind: Any = engines.get(device)
    kind.check()
    sizes, frames = (SIZES[1:2], 2) if options.tiny else (SIZES, 6)
    checks: dict[str, Callable[[], dict[str, Any]]] = {
        f"{effect} at {size} against OpenCV": partial(equal, device, size, effect, frames)
        for size, effect in itertools.product(sizes, EFFECTS)
    }
    checks["two sizes in one process"] = partial(two_sizes, device)
    checks["an engine error, and mattes after it"] = partial(error_and_back, device)
    checks["a device without memory"] = partial(no_memory, device)
    checks["auto without a GPU"] = without_gpu
    found = [tried(name, check) for name, check in checks.items()]
    save("correctness", options, {"checks": found, "engine": EngineConfig().name})
    if not all(one["passed"] for one in found):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
