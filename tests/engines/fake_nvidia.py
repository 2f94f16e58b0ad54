"""Libraries that answer as NVIDIA's do."""

from __future__ import annotations

import ctypes
from typing import Any


class FakeCuda:
    """libcuda, libcudart, libnvidia-ml and libnvinfer in one; `broken` makes every call fail.

    `last_error` is the runtime's: whoever asks next gets it, also for something that went well.
    """

    def __init__(self, broken: bool = False, driver: str = "580.65.06", name: str = "NVIDIA Toy") -> None:
        self.failed = 999 if broken else 0
        self.driver = driver
        self.name = name
        self.last_error = 0
        self.locked: set[int] = set()

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
        if not self.failed:
            self.locked.add(address.value or 0)
        self.last_error = self.failed
        return self.failed

    def cudaHostUnregister(self, address: ctypes.c_void_p) -> int:  # noqa: N802
        self.locked.discard(address.value or 0)
        return 0

    def cudaGetLastError(self) -> int:  # noqa: N802
        error, self.last_error = self.last_error, 0
        return error
