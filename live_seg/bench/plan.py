"""What is measured: settings, and the contenders in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from live_seg.engines import engines
from live_seg.errors import UsageError
from live_seg.evaluation.adapter import read_adapter
from live_seg.frame import Size

Kind = Literal["ours", "baseline", "peer"]
Mode = Literal["flat", "paced"]

MODES: tuple[Mode, ...] = ("flat", "paced")

STRAIGHTFORWARD = "straightforward"
"""Name of the row that every ratio is taken to."""

WITHOUT_NETWORK = "loop without network"
"""Name of the row that tells what the loop itself costs."""

PLAIN_EFFECTS = ("blur", "replace")
"""Effects that the straightforward pipeline has."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What all contenders of an interleaved run share.

    Attributes
    ----------
    size
        Of the frames.
    effect
        Its name in the registry.
    mode
        "flat": as fast as it goes, no frame left out; "paced": the clip as a camera at `fps`, the newest frame counts.
    threads
        For the network; 0 as the app chooses.
    fps
        Of the camera, if paced.
    """

    size: Size
    effect: str
    mode: Mode
    threads: int = 0
    fps: float = 30.0

    def __str__(self) -> str:
        how = "flat out" if self.mode == "flat" else f"as a camera at {self.fps:g} FPS"
        return f"{self.size}, {self.effect}, {how}" + (f", {self.threads} threads" if self.threads else "")


@dataclass(frozen=True, slots=True)
class Contender:
    """One row's subject.

    Attributes
    ----------
    kind
        "ours", "baseline" or "peer" (another network in our loop).
    engine
        Name in the registry; "auto" is settled before the measurement.
    loop
        "own": `live.pipeline.Pipeline`; "plain": the straightforward loop.
    model
        A name of the registry, an .onnx file, or "auto".
    adapter
        The peer's adapter file.
    name
        What it is called; empty for the name of the model that was loaded.
    target_fps, max_cpu_percent
        What the governor keeps to; 0 and 100: no governor.
    """

    kind: Kind
    engine: str
    loop: Literal["own", "plain"] = "own"
    model: str = "auto"
    adapter: Path | None = None
    name: str = ""
    target_fps: float = 0.0
    max_cpu_percent: float = 100.0


def contenders(
    engine_names: Sequence[str],
    model: str,
    peers: Path | None,
    effect: str,
    target_fps: float = 0.0,
    max_cpu_percent: float = 100.0,
) -> list[Contender]:
    """Ours on each engine, the baselines, and each network of a folder of adapters, in our loop and in the plain one.

    With a frame rate or a share of the processor to keep to, ours comes twice: also with the governor.

    Raises
    ------
    UsageError
        If there is no such engine, or the folder holds no adapter.
    """
    found = [Contender("ours", name, model=model) for name in _engines(engine_names)]
    if target_fps or max_cpu_percent < 100:
        kept = f"{target_fps:g} FPS" if target_fps else f"{max_cpu_percent:g} % CPU"
        kept += f", {max_cpu_percent:g} % CPU" if target_fps and max_cpu_percent < 100 else ""
        found += [
            replace(one, name=f"governed to {kept}", target_fps=target_fps, max_cpu_percent=max_cpu_percent)
            for one in found
        ]
    plain = effect in PLAIN_EFFECTS
    if plain:
        found.append(Contender("baseline", "cpu", "plain", model, name=STRAIGHTFORWARD))
    found.append(Contender("baseline", "fixed", name=WITHOUT_NETWORK))
    for file in _adapters(peers) if peers else []:
        name = read_adapter(file).name
        found.append(Contender("peer", "cpu", adapter=file, name=name))
        if plain:
            found.append(Contender("baseline", "cpu", "plain", adapter=file, name=f"{STRAIGHTFORWARD} {name}"))
    return found


def _engines(names: Sequence[str]) -> list[str]:
    every = [name for name in engines.names() if name != "fixed"]
    found: list[str] = []
    for name in names:
        if name not in ("auto", "all"):
            engines.get(name)
        found += every if name == "all" else [name]
    return list(dict.fromkeys(found))


def _adapters(folder: Path) -> list[Path]:
    files = [file for file in sorted(folder.expanduser().glob("*.json")) if file.with_suffix(".onnx").is_file()]
    if not files:
        raise UsageError(f"{folder} holds no adapter", "An adapter is NAME.json beside NAME.onnx.")
    return files
