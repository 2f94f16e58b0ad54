"""Frame -> Matte for single pictures, which have more time than those of a camera, and no past."""

from __future__ import annotations

from dataclasses import replace

from live_seg.config.tree import Engine, Matting
from live_seg.frame import Frame, Matte
from live_seg.matting.fine import refined
from live_seg.matting.matter import Matter
from live_seg.matting.refine import middle_size
from live_seg.matting.region import Region
from live_seg.models.network import KEPT, Network


class StillMatter:
    """The app's `Matter`, with a second look at a small subject, and edges at the picture's full size.

    Parameters
    ----------
    network
        As it was chosen for the app; is closed by the matter, as the one that it makes of it.
    config
        Threads and device of the engine.
    sessions
        Sessions of the network that are kept, one for each shape.
    """

    def __init__(self, network: Network, config: Engine, sessions: int = KEPT) -> None:
        self._network = network
        if sessions != KEPT:
            network.close()
            self._network = Network(network.model, network.engine, config, sessions)
        self._look = Region(Matter(self._network, Matting(steady=0.0)), self._finish)

    def __call__(self, frame: Frame) -> Matte:
        """Matte of the picture.

        Raises
        ------
        EngineError
            If the network fails.
        """
        return self._look(frame)

    def _finish(self, frame: Frame, matte: Matte) -> Matte:
        known = middle_size(self._network.input_size(frame.size), frame.size)
        return replace(matte, alpha=refined(frame.image, matte.alpha, known))

    def close(self) -> None:
        """Releases the network; may be called twice."""
        self._network.close()
