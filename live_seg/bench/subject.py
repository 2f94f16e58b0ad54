"""A contender, opened: its network loaded, its loop ready for rounds."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import cast

import numpy as np

from live_seg.bench.clip import read_clip
from live_seg.bench.loops import Soft, first_matte, own, straightforward
from live_seg.bench.peer_network import PeerNetwork
from live_seg.bench.plan import Contender, Setting
from live_seg.bench.round import Loop, Round, run_round
from live_seg.closing import Closing
from live_seg.config import Config, build
from live_seg.engines import engines
from live_seg.engines.onnxruntime import thread_count
from live_seg.errors import EngineError
from live_seg.evaluation.adapter import read_adapter
from live_seg.evaluation.peer import Peer
from live_seg.frame import Image
from live_seg.matting import choose
from live_seg.models import Model, Network, best_model, find_model


@dataclass(frozen=True, slots=True)
class About:
    """What was really opened: name of the model or contender, engine, device, threads, size of the network's input."""

    name: str
    engine: str
    device: str
    threads: int
    input_size: str


class Subject(Closing):
    """Opens a contender for a setting.

    Parameters
    ----------
    contender, setting
        What is measured, where.
    clip
        File of `write_clip`, of the setting's size.

    Raises
    ------
    EngineError
        If its engine does not work here, or the network cannot be loaded.
    """

    def __init__(self, contender: Contender, setting: Setting, clip: Path) -> None:
        self._stack = ExitStack()
        self._setting = setting
        self._config = build(
            {
                "engine": {"name": contender.engine, "model": contender.model, "threads": setting.threads},
                "effect": {"name": setting.effect},
                "governor": {"target_fps": contender.target_fps, "max_cpu_percent": contender.max_cpu_percent},
            }
        )
        self._threads = thread_count(self._config.engine)
        self._images = read_clip(clip)  # first: so that the peak of loading has it in it, and it can be taken off
        self.about, self._loop = self._open(contender)

    def round(self, seconds: float) -> Round:
        """Measures one round."""
        return run_round(self._loop, self._images, self._setting, seconds)

    def close(self) -> None:
        """Releases the network."""
        self._stack.close()

    def _open(self, contender: Contender) -> tuple[About, Loop]:
        if contender.loop == "own":
            network = self._network(contender)
            about = About(
                contender.name or network.model.name,
                network.engine,
                network.device,
                self._threads,
                str(network.input_size(self._setting.size)),
            )
            return about, partial(own, network, self._config, self._setting.mode == "flat")
        if contender.adapter:
            return self._open_plain_peer(contender)
        return self._open_plain(contender)

    def _network(self, contender: Contender) -> Network:
        if contender.adapter:
            peer = PeerNetwork(read_adapter(contender.adapter), self._threads)
            self._stack.callback(peer.close)
            return cast(Network, peer)
        network = choose(self._config.engine, self._setting.size).network
        self._stack.callback(network.close)
        return network

    def _open_plain(self, contender: Contender) -> tuple[About, Loop]:
        """Our own network in fp32, at the size at which the app runs it."""
        network = self._stack.enter_context(Network(unquantised(contender.model), "cpu", self._config.engine))
        rule = input_rule(self._config)
        size = rule.input_size(self._setting.size)
        network.load(size)
        about = About(contender.name, "cpu", f"{network.device}, fp32", self._threads, str(size))
        return about, partial(straightforward, first_matte(network, rule, self._setting.size), self._setting.effect)

    def _open_plain_peer(self, contender: Contender) -> tuple[About, Loop]:
        assert contender.adapter is not None
        adapter = read_adapter(contender.adapter)
        peer = Peer(adapter, self._threads)
        self._stack.callback(peer.close)

        def matte(image: Image) -> Soft:
            return peer.frame(image).astype(np.float32) / np.float32(255)

        about = About(contender.name, "cpu", PeerNetwork.device, self._threads, f"{adapter.width}x{adapter.height}")
        return about, partial(straightforward, matte, self._setting.effect)


def unquantised(name: str) -> Model:
    """The named model, or where that is int8 or not named the first row that computes in fp32 on a CPU.

    Raises
    ------
    EngineError
        If there is no such row.
    """
    model = find_model(name, "fp16")
    if model.precision == "int8":
        model = best_model("fp16", model.family)
    if model.precision == "int8":
        raise EngineError("there is no unquantised model to compare with", "Name one by --model.")
    return model


def input_rule(config: Config) -> Model:
    """The row whose input size the app uses on a CPU."""
    return find_model(config.engine.model, engines.get("cpu").precision)
