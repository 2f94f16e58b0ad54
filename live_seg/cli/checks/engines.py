"""Every engine, proven by one real inference in a process of its own: a broken driver may end its process."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from live_seg.cli.checks.check import Check, State
from live_seg.engines import engines

patience_s = 600.0  # TensorRT builds its plan on the first run; that takes minutes

_nvidia = ("cuda", "tensorrt")

Prove = Callable[[str], dict[str, Any]]


def real_engines() -> list[str]:
    """All but the stand-in, which proves nothing."""
    return [name for name in engines.names() if name != "fixed"]


def check_engines(
    names: Callable[[], list[str]] = real_engines, prove: Prove | None = None, has_gpu: bool | None = None
) -> Iterator[Check]:
    """One line an engine; then whether any of them can run the main job."""
    gpu = is_gpu_here() if has_gpu is None else has_gpu
    working, cures = [], []
    for name in names():
        subject = f"engine {name}"
        if name in _nvidia and not gpu:
            yield Check(subject, State.ABSENT, "no NVIDIA GPU here")
            continue
        answer = (prove or prove_apart)(name)
        if "ms" in answer:
            working.append(name)
            yield Check(subject, State.OK, f"{answer['device']}: {answer['model']} in {answer['ms']:.0f} ms")
        else:
            cures.append(answer["cure"])
            state = State.FAILED if name in ("cpu", "cuda") else State.ABSENT
            yield Check(subject, state, answer["what"], answer["cure"])
    if working:
        yield Check("engines", State.OK, f"{' and '.join(working)} ran a picture", needed=True)
    else:
        yield Check("engines", State.FAILED, "none can run the network", next(iter(cures), ""), needed=True)


def is_gpu_here() -> bool:
    """True if NVIDIA's driver is loaded or installed."""
    return Path("/proc/driver/nvidia/version").exists() or shutil.which("nvidia-smi") is not None


def prove_apart(name: str) -> dict[str, Any]:
    """Runs `prove` in a new process: {"device", "model", "ms"}, or {"what", "cure"}."""
    # -P: without it Python would take an onnxruntime.py of the folder that it is started in for the package
    command = [sys.executable, "-P", "-c", f"from live_seg.cli.checks.engines import prove; prove({name!r})"]
    try:
        done = subprocess.run(  # native libraries print in a code page of their own
            command, capture_output=True, text=True, errors="replace", timeout=patience_s, check=False
        )
    except subprocess.TimeoutExpired:
        return {"what": f"no answer in {patience_s:.0f} s", "cure": "live-seg --engine cpu does without."}
    lines = done.stdout.strip().splitlines()
    if done.returncode or not lines:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        return {
            "what": f"its process ended with {done.returncode}: {last}",
            "cure": "live-seg --engine cpu does without.",
        }
    answer: dict[str, Any] = json.loads(lines[-1])
    return answer


def prove(name: str) -> None:
    """Loads the engine's best model and runs it twice; prints the second run's time as JSON."""
    import time

    import numpy as np

    from live_seg.config import Config
    from live_seg.errors import LiveSegError
    from live_seg.frame import Size
    from live_seg.models import best_model

    try:
        chosen = engines.get(name)
        model = best_model(getattr(chosen, "precision", "fp32"))
        size = model.input_size(Size(1280, 720))
        engine = chosen(model.file, size, Config().engine)
        blob = np.random.default_rng(0).standard_normal((1, 3, size.height, size.width), dtype=np.float32)
        engine.run(blob)
        start = time.perf_counter()
        output = engine.run(blob)
        took_ms = (time.perf_counter() - start) * 1e3
        if not np.isfinite(output).all():
            raise LiveSegError("it computes what is no number", "live-seg --engine cpu does without.")
        answer = {"device": engine.device, "model": model.name, "ms": took_ms}
        engine.close()
    except LiveSegError as error:
        answer = {"what": error.what, "cure": error.cure}
    print(json.dumps(answer))
