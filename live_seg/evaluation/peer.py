"""Somebody else's network, fed and read in its own plain way, as its adapter says."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from live_seg.errors import EngineError
from live_seg.evaluation.adapter import Adapter
from live_seg.frame import Alpha, Image, Size

STILL_SHOWN = 3
"""A recurrent network sees a still that often before its matte counts: it was made for moving pictures."""

_GREY = 128

FloatMatte = NDArray[np.float32]


class Peer:
    """An ONNX network on ONNX Runtime's CPU, its output enlarged bilinearly, nothing added.

    Parameters
    ----------
    adapter
        How it is fed and read.
    threads
        For the runtime.
    also
        Further outputs to be read.

    Attributes
    ----------
    seen
        Those outputs of the last run, as the network gives them.

    Raises
    ------
    EngineError
        If the network cannot be loaded.
    """

    def __init__(self, adapter: Adapter, threads: int = 1, also: Sequence[str] = ()) -> None:
        import onnxruntime

        self.name = adapter.name
        self.seen: list[NDArray[np.float32]] = []
        self._adapter = adapter
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads, options.log_severity_level = threads, 1, 4
        # As our own networks: threads that wait busily between frames would be counted as the network's work.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session = onnxruntime.InferenceSession(adapter.file, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # noqa: BLE001  # the runtime raises a dozen undocumented types
            raise EngineError(f"ONNX Runtime cannot load {adapter.file.name}: {error}") from None
        self._outputs = [adapter.output, *(state.output for state in adapter.states), *also]
        self.reset()

    def still(self, image: Image) -> Alpha:
        """Matte of a single picture that has no past."""
        self.reset()
        for _ in range(STILL_SHOWN - 1 if self._adapter.states else 0):
            self.run(self._blob(image))
        return self.frame(image)

    def frame(self, image: Image) -> Alpha:
        """Matte of the next frame of a clip."""
        matte = self._matte(self.run(self._blob(image)), Size.of(image))
        return np.asarray(np.rint(matte.clip(0, 1) * 255), np.uint8)

    def reset(self) -> None:
        """The next frame is the first of a clip: states are zeros."""
        self._states = {state.input: np.zeros(state.shape, np.float32) for state in self._adapter.states}

    def close(self) -> None:
        """Releases the session."""
        self._session = None

    def run(self, blob: NDArray[np.float32]) -> NDArray[np.float32]:
        """Output of the network, float32 (C, h, w), for its input in its own layout; its states go on.

        Raises
        ------
        EngineError
            If the network fails.
        """
        if self._session is None:
            raise EngineError(f"{self.name} is closed")
        try:
            output, *rest = self._session.run(self._outputs, {self._adapter.input: blob, **self._states})
        except Exception as error:  # noqa: BLE001
            raise EngineError(f"{self.name} failed: {error}", "Check its adapter.") from None
        self._states, self.seen = dict(zip(self._states, rest, strict=False)), rest[len(self._states) :]
        channels: NDArray[np.float32] = output[0] if self._adapter.layout == "NCHW" else output[0].transpose(2, 0, 1)
        return channels

    def _blob(self, image: Image) -> NDArray[np.float32]:
        adapter = self._adapter
        if adapter.fit == "pad":
            whole, (left, top) = self.whole(Size.of(image))
            right, bottom = whole.width - image.shape[1] - left, whole.height - image.shape[0] - top
            grey = (_GREY,) * 3
            image = np.asarray(
                cv2.copyMakeBorder(image, top, bottom, left, right, cv2.BORDER_CONSTANT, value=grey), np.uint8
            )
        how = cv2.INTER_AREA if adapter.width < image.shape[1] else cv2.INTER_LINEAR
        small = np.asarray(cv2.resize(image, (adapter.width, adapter.height), interpolation=how), np.float32)
        pixels = small[:, :, ::-1] if adapter.order == "RGB" else small
        scaled = (pixels - np.array(adapter.mean, np.float32)) / np.array(adapter.std, np.float32)
        blob = scaled.transpose(2, 0, 1)[None] if adapter.layout == "NCHW" else scaled[None]
        return np.ascontiguousarray(blob, np.float32)

    def whole(self, size: Size) -> tuple[Size, tuple[int, int]]:
        """Size of a picture with the grey around it, if it is padded, and the picture's left and top in that."""
        if self._adapter.fit != "pad":
            return size, (0, 0)
        width = max(size.width, round(size.height * self._adapter.width / self._adapter.height))
        height = max(size.height, round(size.width * self._adapter.height / self._adapter.width))
        return Size(width, height), ((width - size.width) // 2, (height - size.height) // 2)

    def _matte(self, channels: NDArray[np.float32], size: Size) -> FloatMatte:
        activation, channel = self._adapter.activation, self._adapter.channel
        if activation == "softmax":
            powers = np.exp(channels - channels.max(0, keepdims=True))
            small = powers[channel] / powers.sum(0)
        else:
            small = channels[channel]
        large = self._enlarged(np.ascontiguousarray(small, np.float32), size)
        if activation == "sigmoid":  # logits are enlarged, then squashed: the outline stays crisp
            large = 1 / (1 + np.exp(-large.clip(-30, 30)))
        return large

    def _enlarged(self, small: FloatMatte, size: Size) -> FloatMatte:
        whole, (left, top) = self.whole(size)
        large = np.asarray(cv2.resize(small, whole, interpolation=cv2.INTER_LINEAR), np.float32)
        return large[top : top + size.height, left : left + size.width]
