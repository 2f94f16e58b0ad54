"""Frame -> Matte for single pictures, which have more time than those of a camera, and no past."""

from __future__ import annotations

from dataclasses import replace

from live_seg.config.tree import Matting
from live_seg.frame import Frame, Matte
from live_seg.matting.fine import refined
from live_seg.matting.matter import Matter
from live_seg.matting.mirrored import Mirrored
from live_seg.matting.refine import middle_size
from live_seg.matting.region import Region
from live_seg.models import Network


class StillMatter:
    """The app's `Matter` at a picture and its mirror image, a second look at a small subject, edges at full size.

    Parameters
    ----------
    network
        Is closed by the matter.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        self._look = Region(Mirrored(Matter(self._network, Matting(steady=0.0))), self._finish)

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
