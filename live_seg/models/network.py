"""Engine + row -> `Network`: the model, loaded for the shapes that come."""

from __future__ import annotations

import threading

import numpy as np

from live_seg.closing import Closing
from live_seg.config.tree import Engine as EngineConfig
from live_seg.engines import Blob, Engine, engines
from live_seg.errors import EngineError
from live_seg.frame import Size
from live_seg.models.model import Model

KEPT = 8
"""A camera has one shape, or two when it turns; a folder of photos has these many usual ones. A session takes OpenVINO
0.8 s to make, and about 40 MB; ONNX Runtime 0.1 s and 25 MB."""


class Network(Closing):
    """A model on an engine. Sessions have fixed sizes; one is made for each input size that is met, the last are kept.

    Parameters
    ----------
    model
        The row of the file that is run.
    engine
        Name in the registry of engines.
    config
        Threads and device.

    Attributes
    ----------
    kept
        Sessions that are kept; may be changed at any time.
    """

    def __init__(self, model: Model, engine: str, config: EngineConfig) -> None:
        self.model = model
        self.engine = engine
        self._class = engines.get(engine)
        self._config = config
        self.kept = KEPT
        self._loaded: dict[Size, Engine] = {}
        self._device = ""
        self._lock = threading.Lock()  # a session may be loaded by one thread while another runs the one before

    @property
    def device(self) -> str:
        """What really runs, read back from the session; empty before the first frame."""
        return self._device

    def input_size(self, frame: Size) -> Size:
        """Size of the network's input for frames of that size."""
        return self.model.input_size(frame)

    def load(self, size: Size) -> Engine:
        """The session for an input size, made when it is asked for the first time.

        Raises
        ------
        EngineError
            With the reason and the cure.
        """
        with self._lock:
            engine = self._loaded.pop(size, None)
            if engine:
                self._loaded[size] = engine  # the one that was used last stands last
                return engine
        with engines.making(self.engine):
            engine = self._class(self.model.file, size, self._config)
        with self._lock:
            while len(self._loaded) >= self.kept:
                self._loaded.pop(next(iter(self._loaded))).close()
            self._device = engine.device
            self._loaded[size] = engine
        return engine

    def __call__(self, blob: Blob) -> Blob:
        """Logits, float32 (1, 1, H, W), of an input (1, 3, H, W); valid until the next call.

        Raises
        ------
        EngineError
            If the engine fails, or gives what is no matte (not a number, another shape).
        """
        height, width = blob.shape[2:]
        logits = self.load(Size(width, height)).run(blob)
        if logits.shape != (1, 1, height, width):
            raise EngineError(
                f"the network gave {logits.shape} where (1, 1, {height}, {width}) is due", "Is it a person model?"
            )
        if not np.isfinite(logits.min() + logits.max()):
            raise EngineError("the network gave what is not a number", "Try --engine cpu.")
        gain = self.model.logit_gain
        return logits if gain == 1 else logits * np.float32(gain)

    def close(self) -> None:
        """Releases the sessions; may be called twice."""
        while self._loaded:
            self._loaded.popitem()[1].close()
