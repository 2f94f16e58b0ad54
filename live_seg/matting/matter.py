"""Frame -> Matte: the one way to a cut-out, for the live loop, photos, pages, evaluation and benchmark alike."""

from __future__ import annotations

import numpy as np

from live_seg.config.tree import Matting
from live_seg.frame import Frame, Matte, Size
from live_seg.matting.follow import Follow
from live_seg.matting.patches import without_stray
from live_seg.matting.preprocess import Views, to_blob
from live_seg.matting.refine import Guided, Refine, bilinear
from live_seg.matting.sigmoid import to_alpha
from live_seg.matting.steady import Steady
from live_seg.models import Network


class Matter:
    """Shrinks the frame, runs the network, drops stray patches, steadies the matte in time, enlarges it along edges.

    Parameters
    ----------
    network
        Is not closed by the matter.
    config
        Part `matting` of the configuration.

    Attributes
    ----------
    share
        Of the model's input area, up to 1: less is faster and finds less.
    by_graph
        Whether a graph made the last matte, and the picture with it: at its own size, and nothing of it is followed.
    """

    by_graph = False

    def __init__(self, network: Network, config: Matting) -> None:
        self.network = network
        self.share = 1.0
        self._sure = config.sure
        self._steady = Steady(config.steady)
        self._follow = Follow()
        self._confidence, self._looked_s = 0.0, 0.0
        self._refine: Refine = Guided(config.radius_px) if config.refine == "guided" else bilinear

    def views(self, frame: Frame) -> Views:
        """The frame at the sizes at which the matter looks at it."""
        return Views(frame.image, self.input_size(frame.size, self.share))

    def input_size(self, frame: Size, share: float) -> Size:
        """Size of the network's input for frames of that size, at a share of its area."""
        return self.network.input_size(frame) if share == 1 else self.network.model.input_size(frame, share)

    def __call__(self, frame: Frame, views: Views | None = None) -> Matte:
        """Matte of the frame; frames of a stream must come in order, `reset` before another stream.

        Parameters
        ----------
        frame
            Any size.
        views
            Those of the frame, if they were made before.

        Raises
        ------
        EngineError
            If the network fails.
        """
        views = views or self.views(frame)
        small = views.small
        alpha = to_alpha(self.network(to_blob(small, self.network.model)))
        confidence = float(np.abs(alpha - 0.5).mean()) * 2
        alpha = self._steady(without_stray(alpha, self._sure, self.network.model.logit_gain), small)
        self._follow.look(alpha, small)
        self._confidence, self._looked_s = confidence, frame.time
        return Matte(self._refine(alpha, small, views.guide(), frame.size), confidence, frame.time)

    def close(self) -> None:
        """Has nothing to release."""

    def follow(self, frame: Frame, views: Views) -> Matte | None:
        """The last matte moved to this frame without the network; its time stays that of the frame the network saw.

        None if there is nothing to follow: no matte of that size, or another scene.
        """
        alpha = self._follow(views.small)
        if alpha is None:
            return None
        return Matte(self._refine(alpha, views.small, views.guide(), frame.size), self._confidence, self._looked_s)

    def reset(self) -> None:
        """Forgets the past: the next frame is the first of a stream."""
        self._steady.reset()
        self._follow.reset()
