"""Which network runs on which engine here. `auto`: the best that really ran a frame and agreed with the CPU's matte."""

from __future__ import annotations

import json
import logging
import math
import platform
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np

from live_seg.config.tree import Engine as EngineConfig
from live_seg.engines import Blob, engines
from live_seg.engines.nvidia import driver_version, has_nvidia_driver
from live_seg.engines.onnxruntime import cache_folder, thread_count
from live_seg.errors import EngineError
from live_seg.frame import Image, Size
from live_seg.matting.preprocess import to_blob
from live_seg.matting.sigmoid import to_alpha
from live_seg.matting.steady import SmallAlpha
from live_seg.models import Model, Network, check, find_model
from live_seg.shrink import shrink

log = logging.getLogger("live_seg")

GPUS = ("cuda", "tensorrt")
"""TensorRT takes minutes for its first plan: where CUDA works, `live_seg.fused` brings it in later."""

CPUS = ("cpu", "openvino")
REFERENCE = "cpu"

AGREEMENT = 0.02
"""Largest mean difference of the mattes (0..1); one file in two runtimes stays below a tenth of it."""


_MARGIN = 1.1
"""The reference runs everywhere and is the slower one on most machines: it has to win clearly."""

_AS_SHIPPED_PX = 38400
"""Input of the engine that has no network: as of the file that CPUs get, so that the loop round it is the same."""

_PASSING = (" failure ", "Failed to allocate memory")
"""In what CUDA says of a GPU that may work at the next start: its memory was full, it was unplugged, or fell out."""

_ROUNDS = 8
"""Runs of each engine that are timed: a quarter of a second in all."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen.

    Attributes
    ----------
    network
        Loaded for the frame size that was named, proven by one run.
    why
        One line for people: which, and why not the better ones.
    """

    network: Network
    why: str


def choose(config: EngineConfig, frame: Size) -> Choice:
    """The network that the configuration asks for, on the engine that it asks for.

    With `auto` the GPUs come first, then the faster of the CPU's engines. What was found is kept in the user's cache
    until the model, a runtime, the GPU's driver or libraries, or the number of threads change, so that only the first
    start tries them all. A GPU that fails in CUDA itself, as without free memory, is asked again at the next.

    Raises
    ------
    EngineError
        If the engine that was asked for does not work here: says why, and the cure. Only `auto` looks for another.
    UsageError
        If there is no such model.
    """
    if config.name != "auto":
        network = _proven(config.name, config, frame)
        return Choice(network, _line(network, {}))
    return _remembered(config, frame) or _best(config, frame)


def _best(config: EngineConfig, frame: Size) -> Choice:
    refused: dict[str, str] = {}
    found: list[Network] = []
    references: dict[str, SmallAlpha] = {}
    for group in (GPUS[:1], GPUS[1:], CPUS):
        for name in group:
            try:
                network = _proven(name, config, frame)
                _must_agree(network, references, config, frame)
                found.append(network)
            except EngineError as error:
                refused[name] = error.what
        if found:
            break
    if not found:
        reasons = "; ".join(f"{name}: {reason}" for name, reason in refused.items())
        if config.model.lower().endswith(".onnx"):
            reason = f"no engine runs {config.model} ({reasons})"
            raise EngineError(reason, "docs/models.md says what such a file has to be; live-seg doctor tells more.")
        raise EngineError(f"no engine works here ({reasons})", "live-seg doctor tells more.")
    seconds = _seconds(found, frame)
    fastest = min(found, key=lambda network: seconds[network.engine] * (_MARGIN if network.engine == REFERENCE else 1))
    for slower in found:
        if slower is not fastest:
            times = f"{seconds[slower.engine] * 1e3:.0f} against {seconds[fastest.engine] * 1e3:.0f} ms"
            refused[slower.engine] = f"no faster, {times}"
            slower.close()
    choice = Choice(fastest, _line(fastest, refused))
    if not any(word in refused.get(name, "") for name in GPUS for word in _PASSING):
        _remember(config, frame, choice)
    return choice


def _must_agree(network: Network, references: dict[str, SmallAlpha], config: EngineConfig, frame: Size) -> None:
    """Compares the network with the same model on the CPU; closes it and raises `EngineError` if they differ."""
    model = network.model
    if network.engine == REFERENCE:
        references[model.name] = _matte(network, frame)
        return
    try:
        if model.name not in references:
            with Network(model, REFERENCE, config) as reference:
                references[model.name] = _matte(reference, frame)
        difference = float(np.abs(_matte(network, frame) - references[model.name]).mean())
        if difference > AGREEMENT:
            raise EngineError(f"its matte differs from the CPU's by {difference:.3f} of 1")
    except EngineError:
        network.close()
        raise


def _line(network: Network, refused: dict[str, str]) -> str:
    """`person-int8 on CPU (OpenVINO); not tensorrt, cuda: no NVIDIA driver; not cpu: no faster, 35 against 16 ms`."""
    names: dict[str, list[str]] = {}
    for name, reason in refused.items():
        names.setdefault(reason, []).append(name)
    return "; ".join(
        [f"{network.model.name} on {network.device}"] + [f"not {', '.join(n)}: {reason}" for reason, n in names.items()]
    )


def _proven(engine: str, config: EngineConfig, frame: Size) -> Network:
    row = _model(engine, config)
    if engines.get(engine).precision:
        check(row)
    network = Network(row, engine, config)
    _matte(network, frame)
    return network


def _model(engine: str, config: EngineConfig) -> Model:
    precision = engines.get(engine).precision
    if not precision:
        return Model(name="no model", file=Path(), precision="", area_px=_AS_SHIPPED_PX)
    return find_model(config.model, precision)


def _matte(network: Network, frame: Size) -> SmallAlpha:
    """The network's matte of the test picture, at the network's size."""
    return to_alpha(network(_test_blob(network, frame)))


def _test_blob(network: Network, frame: Size) -> Blob:
    """The middle of the portrait, in the frame's shape."""
    portrait, size = _portrait(), network.input_size(frame)
    whole = Size.of(portrait)
    scale = min(whole.width / size.width, whole.height / size.height)
    width, height = round(size.width * scale), round(size.height * scale)
    left, top = (whole.width - width) // 2, (whole.height - height) // 2
    return to_blob(shrink(portrait[top : top + height, left : left + width], size), network.model)


def _seconds(networks: Sequence[Network], frame: Size) -> dict[str, float]:
    """Least time of one run, by engine. They take turns: what else the computer does then slows all of them alike."""
    least = {network.engine: math.inf for network in networks}
    for _ in range(_ROUNDS if len(networks) > 1 else 0):
        for network in networks:
            blob = to_blob(shrink(_portrait(), network.input_size(frame)), network.model)
            start = time.perf_counter()
            network(blob)
            least[network.engine] = min(least[network.engine], time.perf_counter() - start)
    return least


@cache
def _portrait() -> Image:
    data = (files("live_seg") / "assets" / "astronaut.webp").read_bytes()
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)  # type: ignore[return-value]


def _key(config: EngineConfig, frame: Size) -> str:
    """All that the choice depends on."""
    parts = [
        platform.processor() or platform.machine(),
        str(frame),
        str(thread_count(config)),
        str(config.device),
    ]
    parts += [_model(engine, config).sha256 or str(_model(engine, config).file) for engine in (*GPUS[:1], REFERENCE)]
    parts += [f"driver {driver_version() or has_nvidia_driver()}", *_gpu_libraries()]
    for package in ("onnxruntime-gpu", "onnxruntime", "openvino"):
        try:
            parts.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            parts.append(f"no {package}")
    return " | ".join(parts)


def _kept_in(config: EngineConfig) -> Path:
    """A file for each kind of model: who looks for people and for pets in turns remembers both."""
    kind = _model(REFERENCE, config).family
    return cache_folder() / ("engine.json" if kind == "person" else f"engine-{kind}.json")


def _gpu_libraries() -> list[str]:
    """What pip has installed for GPUs: with a library that was missing the answer may be another."""
    found = find_spec("nvidia")
    folders = [Path(place) for place in (found.submodule_search_locations or [] if found else [])]
    names = {item.name for folder in folders if folder.is_dir() for item in folder.iterdir()}
    return sorted(names | ({"tensorrt"} if find_spec("tensorrt") else set()))


def _remembered(config: EngineConfig, frame: Size) -> Choice | None:
    try:
        kept = json.loads(_kept_in(config).read_text(encoding="utf-8"))
        if kept["key"] != _key(config, frame):
            return None
        return Choice(_proven(kept["engine"], config, frame), kept["why"])
    except (OSError, ValueError, KeyError, TypeError, EngineError):
        return None


def _remember(config: EngineConfig, frame: Size, choice: Choice) -> None:
    try:
        cache_folder().mkdir(parents=True, exist_ok=True)
        content = {"key": _key(config, frame), "engine": choice.network.engine, "why": choice.why}
        _kept_in(config).write_text(json.dumps(content, indent=1), encoding="utf-8")
    except OSError as error:
        log.debug("the choice of the engine is not kept: %s", error)
