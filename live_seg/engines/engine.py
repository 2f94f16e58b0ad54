"""What an engine is, and the registry of engines."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from live_seg.config.tree import Engine as EngineConfig
from live_seg.frame import Size
from live_seg.registry import Registry

Blob = NDArray[np.float32]
"""float32 (1, C, H, W), contiguous."""


class Engine(Protocol):
    """A network file, loaded for one input size and proven to run. Made as `cls(file, size, config)`.

    Attributes
    ----------
    name
        Its name in the registry.
    device
        What really runs, read back from the loaded session: "CPU", "Tesla T4 (CUDA)".
    precision
        Precision of the model rows that suit it best: "int8" or "fp16"; empty if it runs no model file.

    Making one raises `EngineError`, with the cure, if the runtime is missing, the device is not there, or the
    session that was made does not run on what was asked for. There is no silent fallback.
    """

    name: str
    device: str
    precision: str

    def __init__(self, file: Path, size: Size, config: EngineConfig) -> None: ...

    def run(self, blob: Blob) -> Blob:
        """Output of the network for float32 (1, 3, H, W); releases the interpreter lock meanwhile.

        The result is valid until the next call.

        Raises
        ------
        EngineError
            If the runtime fails.
        """

    def close(self) -> None:
        """Releases the session; may be called twice."""


engines: Registry[Engine] = Registry("engine", "live_seg.engines")
"""cpu, cuda, tensorrt (ONNX Runtime), openvino, fixed (no network), and those of other packages."""
