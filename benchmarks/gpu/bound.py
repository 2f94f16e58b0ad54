"""What all measurements of this folder share: a network bound on a device, times, and where results go."""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from live_seg.bench.machine import this_machine, versions
from live_seg.config.tree import Engine as EngineConfig
from live_seg.engines import engines
from live_seg.engines.nvidia import driver_version, gpu_name, tensorrt_version
from live_seg.fused.tensors import Tensors

RESULTS = Path(__file__).resolve().parents[1] / "results"


class Bound:
    """Any model on a device, its tensors at fixed addresses there; a run is one replay, and nothing is copied.

    Parameters
    ----------
    engine
        cpu, cuda or tensorrt.
    model
        The file, or what would be in it.
    dimensions
        Lengths of named dimensions.
    rounds
        Whether CUDA may round fp32 to 10 bits (TF32), as it does where nobody objects: for networks in fp32.
    more
        Options of the device's provider besides its own.
    """

    def __init__(
        self,
        engine: str,
        model: Path | bytes,
        dimensions: Mapping[str, int] | None = None,
        *,
        rounds: bool = False,
        more: Mapping[str, str] | None = None,
    ) -> None:
        kind: Any = engines.get(engine)
        config = EngineConfig()

        def providers(model: Path | bytes, config: EngineConfig, dimensions: Mapping[str, int]) -> list[Any]:
            named = kind.graph_providers(model, config, dimensions)
            for _, options in (one for one in named if not isinstance(one, str)):
                if rounds:
                    options.pop("use_tf32", None)
                options.update(more or {})
            return list(named)

        self._session = kind.open(model, config, providers, dimensions or {})
        self.tensors = Tensors(kind.check(), self._session, kind.memory, config.device)
        for item in self._session.get_inputs():
            self.tensors.put(item.name, np.zeros(item.shape, np.uint8 if "uint8" in item.type else np.float32))
        self._binding = self._session.io_binding()
        self.tensors.bind(self._binding, {item.name: item.name for item in self._session.get_inputs()}, "input")
        self.tensors.bind(self._binding, {item.name: item.name for item in self._session.get_outputs()}, "output")

    def run(self) -> None:
        """Once, to its end."""
        self._session.run_with_iobinding(self._binding)


def row(name: str, kind: str, run: Callable[[], object], seconds: float, **more: Any) -> dict[str, Any]:
    """One figure: runs for so long and says how long each run took."""
    for _ in range(3):  # loads, tunes, records
        run()
    times, cpu, start = [], time.process_time(), time.perf_counter()
    while len(times) < 5 or time.perf_counter() - start < seconds:
        before = time.perf_counter()
        run()
        times.append((time.perf_counter() - before) * 1e3)
    p50, p95, p99 = (float(value) for value in np.percentile(times, (50, 95, 99)))
    found = {
        "name": name,
        "kind": kind,
        **more,
        "mode": "flat",
        "fps": round(1e3 / statistics.fmean(times), 1),
        "p50_ms": round(p50, 3),
        "p95_ms": round(p95, 3),
        "p99_ms": round(p99, 3),
        "cpu_ms": round((time.process_time() - cpu) / len(times) * 1e3, 3),
        "runs": len(times),
    }
    print(json.dumps(found))
    return found


def options_parser(about: str | None) -> argparse.ArgumentParser:
    """--device, --seconds, --tiny and --out, which every script of this folder takes."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", choices=("cpu", "cuda", "tensorrt"), default="cuda")
    parser.add_argument("--seconds", type=float, default=3.0, help="for each figure")
    parser.add_argument("--tiny", action="store_true", help="the smallest sizes alone: to see whether it runs")
    parser.add_argument("--peers", type=Path, help="folder of other networks with their adapters")
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder of the results")
    return parser


def arguments(about: str | None) -> argparse.Namespace:
    """What was given of `options_parser`."""
    return options_parser(about).parse_args()


def device_name(options: argparse.Namespace) -> str:
    """The GPU's, or that of a trial."""
    return gpu_name(0) if options.device != "cpu" else "cpu-trial"


def result_file(options: argparse.Namespace) -> Path:
    """Where the figures of that device are kept."""
    slug = "-".join(device_name(options).lower().split()) or "unknown-gpu"
    file: Path = options.out / f"{slug}{'-tiny' if options.tiny else ''}-gpu.json"
    return file


def save(part: str, options: argparse.Namespace, content: Mapping[str, Any]) -> None:
    """Puts a part into the device's file, beside the parts that are there."""
    file = result_file(options)
    known = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    known["device"] = {
        "name": device_name(options),
        "driver": driver_version(),
        "tensorrt": tensorrt_version(),
        "processor": this_machine().processor,
        "versions": versions(),
        "date": time.strftime("%Y-%m-%d"),
    }
    known.setdefault(options.device, {})[part] = content
    options.out.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
    print(f"{part}: {file}")
