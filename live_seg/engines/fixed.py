"""No network at all: for tests, and for trying the app without a model."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from live_seg.closing import Closing
from live_seg.config.tree import Engine as EngineConfig
from live_seg.engines.engine import Blob, engines
from live_seg.errors import EngineError
from live_seg.frame import Size


@engines.register("fixed")
class FixedEngine(Closing):
    """A stand-in that takes an upright ellipse in the middle for the person; never chosen by `auto`."""

    name = "fixed"
    device = "no network (fixed)"
    precision = ""

    def __init__(self, file: Path, size: Size, config: EngineConfig) -> None:
        del file, config
        self._logits: Blob | None = ellipse_logits(size)

    def run(self, blob: Blob) -> Blob:
        """The same logits whatever comes in; see `Engine.run`."""
        if self._logits is None or self._logits.shape[2:] != blob.shape[2:]:
            raise EngineError(f"the fixed engine is not loaded for an input of {blob.shape}", "This is a defect.")
        return self._logits

    def close(self) -> None:
        """Releases the logits; may be called twice."""
        self._logits = None


def ellipse_logits(size: Size) -> Blob:
    """Logits (1, 1, h, w) of an ellipse 0.5 h wide and 0.9 h high in the middle; undecided within about a pixel."""
    rows, columns = np.mgrid[: size.height, : size.width].astype(np.float32)
    across = (columns + 0.5 - size.width / 2) / (0.25 * size.height)
    down = (rows + 0.5 - size.height / 2) / (0.45 * size.height)
    inside = 1 - np.hypot(across, down)
    logits: Blob = (inside * np.float32(0.7 * size.height))[None, None].astype(np.float32)
    return logits
