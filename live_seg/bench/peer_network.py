"""Somebody else's network in the place of ours: the same `Matter`, loop and effects round it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from live_seg.engines import Blob
from live_seg.evaluation.adapter import Adapter
from live_seg.evaluation.peer import Peer
from live_seg.frame import Size
from live_seg.models import Model

_SURE = 1e-4
"""Probabilities nearer to 0 or 1 than this count as this: their logits have no end."""


class PeerNetwork:
    """Takes the place of a `Network`: the input as ours is made, logits as ours are.

    The picture is stretched to the input, also where the adapter would pad it: that costs the same time.

    Parameters
    ----------
    adapter
        How the network is fed and read.
    threads
        For ONNX Runtime.

    Raises
    ------
    EngineError
        If the network cannot be loaded.
    """

    engine = "cpu"
    device = "CPU (ONNX Runtime)"

    def __init__(self, adapter: Adapter, threads: int) -> None:
        self._peer = Peer(adapter, threads)
        self._adapter = adapter
        self._is_rgb = adapter.order == "RGB"
        mean, std = (tuple(value / 255 for value in values) for values in (adapter.mean, adapter.std))
        if not self._is_rgb:
            mean, std = mean[::-1], std[::-1]
        self.model = Model(
            adapter.name, adapter.file, "fp32", mean=(mean[0], mean[1], mean[2]), std=(std[0], std[1], std[2])
        )

    def input_size(self, frame: Size) -> Size:
        """The network's own, whatever the frame."""
        return Size(self._adapter.width, self._adapter.height)

    def __call__(self, blob: Blob) -> Blob:
        """Logits (1, 1, h, w) of an input (1, 3, h, w) in RGB; see `Network`."""
        arranged = blob if self._is_rgb else blob[:, ::-1]
        if self._adapter.layout == "NHWC":
            arranged = arranged.transpose(0, 2, 3, 1)
        logits = self._logits(self._peer.run(np.ascontiguousarray(arranged)))
        size = self.input_size(Size(0, 0))
        if logits.shape != (size.height, size.width):
            logits = np.asarray(cv2.resize(logits, size, interpolation=cv2.INTER_LINEAR), np.float32)
        return logits[None, None]

    def close(self) -> None:
        """Releases the session; may be called twice."""
        self._peer.close()

    def _logits(self, channels: NDArray[np.float32]) -> NDArray[np.float32]:
        own = np.ascontiguousarray(channels[self._adapter.channel])
        if self._adapter.activation == "sigmoid":
            return own
        if self._adapter.activation == "softmax":
            others = np.delete(channels, self._adapter.channel, axis=0)
            highest = others.max(0)
            logits: NDArray[np.float32] = own - highest - np.log(np.exp(others - highest).sum(0))
            return logits
        sure = own.clip(_SURE, 1 - _SURE)
        from_probability: NDArray[np.float32] = np.log(sure / (1 - sure))
        return from_probability
