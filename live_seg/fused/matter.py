"""Frame -> Matte with the finished picture, by one graph."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec

from live_seg.config import Config
from live_seg.config.tree import Engine as EngineConfig
from live_seg.config.tree import Matting
from live_seg.effects import Effect
from live_seg.engines.nvidia import tensorrt_version
from live_seg.engines.onnxruntime_nvidia import TensorRtEngine
from live_seg.errors import EngineError
from live_seg.frame import Finished, Frame, Matte
from live_seg.fused.assemble import Recipe
from live_seg.fused.builder import Builder
from live_seg.fused.forms import background_of, form_of
from live_seg.matting import Matter
from live_seg.matting.preprocess import Views
from live_seg.models import Network

log = logging.getLogger("live_seg")


class FusedMatter(Matter):
    """A matter whose mattes bring the effect's picture with them, where the effect has a form as graph.

    Until a session is ready, and where none can be made, it is the plain one.

    Parameters
    ----------
    network, config
        As of `Matter`; patches stay, however sure the network is of them.
    builder
        Makes the sessions; closed with the matter.
    effect
        Gives the effect of now.
    """

    def __init__(self, network: Network, config: Matting, builder: Builder, effect: Callable[[], Effect]) -> None:
        self._config = replace(
            config, sure=0.0
        )  # stray patches have no form as a graph: which hangs together with which
        super().__init__(network, self._config)
        self._builder = builder
        self._effect = effect
        self._is_new = True

    def __call__(self, frame: Frame, views: Views | None = None) -> Matte:
        """See `Matter`; a session makes views of its own."""
        effect = self._effect()
        recipe = Recipe(self.network.model, self._config, form_of(effect), frame.size)
        session = self._builder.session(recipe)
        if session is None:
            self.by_graph, self._is_new = False, True  # the session that comes, or comes back, has not seen this frame
            return super().__call__(frame, views)
        if not self.by_graph:
            super().reset()  # the plain way does not see this frame
            self.by_graph = True
        try:
            if self._is_new:
                session.reset()
                self._is_new = False
            is_its = session.recipe == recipe
            made = session(frame.image, background_of(effect, frame.size) if is_its else None)
        except EngineError:
            self._builder.give_up(session)
            raise
        finished = Finished(effect, frame.image, made.picture) if is_its and made.picture is not None else None
        return Matte(made.alpha, made.confidence, frame.time, finished)

    def reset(self) -> None:
        """See `Matter`."""
        super().reset()
        self._is_new = True

    def close(self) -> None:
        """Releases the sessions."""
        self._builder.close()


def open_matter(network: Network, config: Config, effect: Callable[[], Effect], waits: bool) -> Matter:
    """The matter for a network: a fused one where the network's engine and the configuration allow it.

    Parameters
    ----------
    network
        Is not closed by the matter.
    config
        All of the configuration.
    effect
        Gives the effect of now.
    waits
        See `Builder`.
    """
    engines = graph_engines(network.engine, config.engine)
    if engines and find_spec("onnx") is None:
        log.warning('onnx is missing, so OpenCV makes the picture; pip install "live-seg[cuda]" brings it')
        engines = []
    if not engines:
        return Matter(network, config.matting)
    return FusedMatter(network, config.matting, Builder(engines, config.engine, waits), effect)


def serving(config: EngineConfig) -> EngineConfig:
    """The configuration to load the network by: TensorRT takes minutes for its first plan, and CUDA serves meanwhile.

    Raises
    ------
    EngineError
        If TensorRT is asked for and is not there.
    """
    if config.name != "tensorrt" or config.fused == "never":
        return config
    TensorRtEngine.check()
    return replace(config, name="cuda")


def graph_engines(engine: str, config: EngineConfig) -> list[str]:
    """Engines that graphs are made for while a network runs on `engine`, the first one first; empty for none."""
    if config.fused == "never":
        return []
    if engine == "tensorrt":
        return ["tensorrt"]
    if engine == "cuda":
        wants_more = config.name == "tensorrt" or (config.name == "auto" and tensorrt_version())
        return ["cuda", "tensorrt"] if wants_more else ["cuda"]
    return ["cpu"] if engine == "cpu" and config.fused == "always" else []
