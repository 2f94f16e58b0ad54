"""Video4Linux2 nodes without a kernel: answers the four questions that `live_seg.devices.v4l2` asks."""

from __future__ import annotations

import ctypes
import errno
from dataclasses import dataclass, field

from live_seg.devices import v4l2


def code_of(fourcc: str) -> int:
    return int.from_bytes(fourcc.encode(), "little")


@dataclass
class FakeNode:
    """`formats`: fourcc -> sizes -> intervals (numerator, denominator); a size of six numbers is a range."""

    name: str = "Test Camera"
    bus: str = "usb-0000:00:14.0-1"
    driver: str = "uvcvideo"
    caps: int = v4l2.video_capture
    whole_caps: int | None = None
    formats: dict[str, dict[tuple[int, ...], list[tuple[int, int]]]] = field(default_factory=dict)

    def ioctl(self, handle: int, request: int, answer: ctypes.Structure) -> None:
        assert handle >= 0
        if isinstance(answer, v4l2.Capability):
            assert request == 0x80685600  # VIDIOC_QUERYCAP
            answer.card, answer.bus_info, answer.driver = self.name.encode(), self.bus.encode(), self.driver.encode()
            answer.device_caps = self.caps
            answer.capabilities = (self.caps if self.whole_caps is None else self.whole_caps) | v4l2.device_caps_given
        elif isinstance(answer, v4l2.FormatDescription):
            assert request == 0xC0405602  # VIDIOC_ENUM_FMT
            assert answer.type == 1
            answer.pixelformat = code_of(self._at(list(self.formats), answer.index))
        elif isinstance(answer, v4l2.FrameSize):
            assert request == 0xC02C564A  # VIDIOC_ENUM_FRAMESIZES
            size = self._at(list(self._sizes(answer.pixel_format)), answer.index)
            answer.type = 1 if len(size) == 2 else 3
            answer.numbers[: len(size)] = size
        elif isinstance(answer, v4l2.FrameInterval):
            assert request == 0xC034564B  # VIDIOC_ENUM_FRAMEINTERVALS
            for size, intervals in self._sizes(answer.pixel_format).items():
                largest = size if len(size) == 2 else (size[1], size[4])
                if largest == (answer.width, answer.height):
                    answer.type = 1
                    answer.numbers[0:2] = self._at(intervals, answer.index)
                    return
            raise OSError(errno.EINVAL, "no such size")

    def _sizes(self, code: int) -> dict[tuple[int, ...], list[tuple[int, int]]]:
        return next(sizes for fourcc, sizes in self.formats.items() if code_of(fourcc) == code)

    def _at(self, items: list, index: int):
        if index >= len(items):
            raise OSError(errno.EINVAL, "end of the list")
        return items[index]
