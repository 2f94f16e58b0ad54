"""Libraries that answer as NVIDIA's do."""

from __future__ import annotations

import ctypes
from typing import Any

GLOBAL, RELAXED = 0, 2
"""Of cudaStreamCaptureMode."""


class FakeCuda:
    """libcuda, libcudart, libnvidia-ml and libnvinfer in one; `broken` makes every call fail.

    While `is_recording` is set, as by a thread of ONNX Runtime's, what allocates fails and spoils the recording unless
    the thread has said that it knows of it.
    `last_error` is the runtime's: whoever asks next gets it, also for something that went well.
    """

    def __init__(self, broken: bool = False, driver: str = "580.65.06", name: str = "NVIDIA Toy") -> None:
        self.failed = 999 if broken else 0
        self.driver = driver
        self.name = name
        self.last_error = 0
        self.locked: set[int] = set()
        self.is_recording = False
        self.is_spoilt = False
        self.mode = GLOBAL

    def cuInit(self, flags: int) -> int:  # noqa: N802
        return self.failed

    def cuDeviceGet(self, device: Any, number: int) -> int:  # noqa: N802
        device._obj.value = number
        return self.failed if number < 2 else 101

    def cuDeviceGetName(self, text: Any, length: int, device: ctypes.c_int) -> int:  # noqa: N802
        text.value = f"{self.name} {device.value}".encode()
        return self.failed

    def nvmlInit_v2(self) -> int:  # noqa: N802
        return self.failed

    def nvmlShutdown(self) -> int:  # noqa: N802
        return 0

    def nvmlSystemGetDriverVersion(self, text: Any, length: int) -> int:  # noqa: N802
        text.value = self.driver.encode()
        return self.failed

    def getInferLibVersion(self) -> int:  # noqa: N802
        return 101303

    def cudaHostRegister(self, address: ctypes.c_void_p, size: ctypes.c_size_t, flags: int) -> int:  # noqa: N802
        self.last_error = self.failed or self._unsafe()
        if not self.last_error:
            self.locked.add(address.value or 0)
        return self.last_error

    def cudaHostUnregister(self, address: ctypes.c_void_p) -> int:  # noqa: N802
        self.last_error = self._unsafe()
        if not self.last_error:
            self.locked.discard(address.value or 0)
        return self.last_error

    def cudaThreadExchangeStreamCaptureMode(self, mode: Any) -> int:  # noqa: N802
        self.mode, mode._obj.value = mode._obj.value, self.mode
        return 0

    def _unsafe(self) -> int:
        if not self.is_recording or self.mode == RELAXED:
            return 0
        self.is_spoilt = True
        return 900

    def cudaGetLastError(self) -> int:  # noqa: N802
        error, self.last_error = self.last_error, 0
        return error
