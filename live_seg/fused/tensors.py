"""A graph's inputs and outputs on its device, at addresses that stay; and the host's memory on the way there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from live_seg.buffers import Buffers
from live_seg.engines.nvidia import page_lock

_TYPES = {"tensor(uint8)": np.uint8, "tensor(float)": np.float32}


class Tensors:
    """One tensor for each input and output of a session.

    What is copied to the device lies in page-locked memory first, and what comes from it goes into such memory, which
    is used again when nobody holds the picture any more.

    Parameters
    ----------
    runtime
        The module onnxruntime.
    session
        Its inputs and outputs have fixed shapes.
    memory, device
        Where: "cpu" or "cuda", and the number of the GPU.
    """

    def __init__(self, runtime: Any, session: Any, memory: str, device: int) -> None:
        self._host = runtime.OrtValue.ortvalue_from_numpy
        self._is_far = memory != "cpu"
        self._buffers: dict[str, Buffers] = {}
        self._on_the_way: dict[str, NDArray[Any]] = {}
        self.values: dict[str, Any] = {}
        for item in (*session.get_inputs(), *session.get_outputs()):
            kind = _TYPES[item.type]
            self.values[item.name] = runtime.OrtValue.ortvalue_from_shape_and_type(item.shape, kind, memory, device)

    def bind(self, binding: Any, names: Mapping[str, str], kind: str) -> None:
        """Binds tensors as inputs or outputs: the graph's name -> ours."""
        for name, own in names.items():
            getattr(binding, f"bind_ortvalue_{kind}")(name, self.values[own])

    def put(self, name: str, content: NDArray[Any]) -> None:
        """Copies to the device."""
        if self._is_far:
            if name not in self._on_the_way:
                self._on_the_way[name] = self._locked(content.nbytes).view(content.dtype).reshape(content.shape)
            np.copyto(self._on_the_way[name], content)
            content = self._on_the_way[name]
        self.values[name].update_inplace(content)

    def get(self, name: str) -> NDArray[Any]:
        """Copies from the device, into memory of its own."""
        value = self.values[name]
        kind = np.dtype(_TYPES[value.data_type()])
        shape = tuple(value.shape())
        buffers = self._buffers.setdefault(name, Buffers(self._locked if self._is_far else _plain))
        content = buffers.take((int(np.prod(shape)) * kind.itemsize,)).view(kind).reshape(shape)
        self._host(content).update_inplace(value)
        return content

    def _locked(self, size: int) -> NDArray[np.uint8]:
        memory = _plain(size)
        page_lock(memory)  # if it cannot be locked it is only slower
        return memory


def _plain(size: int) -> NDArray[np.uint8]:
    return np.empty(size, np.uint8)
