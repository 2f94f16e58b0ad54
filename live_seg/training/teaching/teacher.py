"""A network of somebody else that also shows what it sees on the way to its matte."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from live_seg.errors import UsageError, unknown
from live_seg.evaluation.adapter import Adapter
from live_seg.evaluation.peer import Peer
from live_seg.frame import Alpha, Image, Size

Place = tuple[float, float, float, float]
"""a, b, c, d: pixel x, y of a picture lies at (x + 0.5) a + b across its input and (y + 0.5) c + d down, in -1..1."""


class Teacher(Peer):
    """A peer, and tensors of its graph.

    Parameters
    ----------
    adapter
        How it is fed and read.
    tensors
        Names in its graph; each is (1, C, h, w) and covers the whole input.
    threads
        For the runtime.

    Raises
    ------
    UsageError
        If the graph has no such tensor, or its file cannot be read.
    EngineError
        If it cannot be loaded.
    """

    def __init__(self, adapter: Adapter, tensors: Sequence[str] = (), threads: int = 1) -> None:
        graph = _with_outputs(adapter.file, tensors)
        self.key = hashlib.sha256(graph + repr(replace(adapter, file=Path())).encode()).hexdigest()
        with tempfile.TemporaryDirectory(prefix="live-seg-") as folder:
            opened = Path(folder) / adapter.file.name
            opened.write_bytes(graph)
            super().__init__(replace(adapter, file=opened), threads, tensors)

    def answer(self, image: Image) -> tuple[Alpha, list[NDArray[np.float32]]]:
        """Matte, uint8 (H, W), of a picture, uint8 (H, W, 3) BGR, and the tensors that led to it, each (C, h, w)."""
        matte = self.still(image)
        return matte, [tensor[0] for tensor in self.seen]

    def place(self, image: Image) -> Place:
        """Where the picture lies in the input, and so in every tensor."""
        whole, (left, top) = self.whole(Size.of(image))
        return 2 / whole.width, 2 * left / whole.width - 1, 2 / whole.height, 2 * top / whole.height - 1


def _with_outputs(file: Path, tensors: Sequence[str]) -> bytes:
    """The graph, its named tensors made outputs."""
    import onnx

    try:
        model = onnx.load(file)
    except Exception as error:  # noqa: BLE001  # protobuf's own types, without type hints
        raise UsageError(f"{file} cannot be read: {str(error)[:200]}") from None
    made = [name for node in model.graph.node for name in node.output]
    for name in tensors:
        if name not in made:
            raise unknown("tensor", name, made)
        model.graph.output.append(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None))
    content: bytes = model.SerializeToString()
    return content
