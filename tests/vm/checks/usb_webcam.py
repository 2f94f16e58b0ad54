"""A USB webcam in software: Motion JPEG at 320x240 and 640x480, as UVC 1.0 over a bulk endpoint.

The kernel's vhci_hcd plugs it in: it is handed one end of a socket pair and speaks USB/IP over it, so the stock
uvcvideo driver makes two nodes, as for every webcam. When this program ends, the cable is pulled; at SIGUSR1 the
cable stays and pictures stop.

The numbers are those of the USB 2.0 and USB Video Class 1.0 standards and of the kernel's usbip_protocol.rst.
"""

from __future__ import annotations

import signal
import socket
import struct
import threading
import time
from collections import OrderedDict
from pathlib import Path

import cv2
import numpy as np

NAME = "Soft Webcam"
COLOUR = (40, 120, 200)  # BGR of its pictures
SIZES = [(320, 240), (640, 480)]
RATE = 10
INTERVAL = 10_000_000 // RATE  # in 100 ns
FRAME_BYTES = 640 * 480 * 2
PAYLOAD_BYTES = FRAME_BYTES + 2

SUBMIT, UNLINK, SUBMITTED, UNLINKED = 1, 2, 3, 4
STALL = -32  # EPIPE
RESET = -104  # ECONNRESET


def descriptor(kind: int, form: str, *values: int) -> bytes:
    """Length, kind, then the values packed little-endian."""
    body = struct.pack("<" + form, *values)
    return bytes([len(body) + 2, kind]) + body


def video(subtype: int, form: str, *values: int) -> bytes:
    """A class-specific descriptor (kind 0x24)."""
    return descriptor(0x24, "B" + form, subtype, *values)


def control_interface() -> bytes:
    camera = video(0x02, "BHBBHHHBH", 1, 0x0201, 0, 0, 0, 0, 0, 2, 0)  # input terminal 1: camera
    output = video(0x03, "BHBBB", 2, 0x0101, 0, 1, 0)  # output terminal 2: streaming, fed by 1
    length = 13 + len(camera) + len(output)
    header = video(0x01, "HHIBB", 0x0100, length, 48_000_000, 1, 1)
    return descriptor(4, "7B", 0, 0, 0, 14, 1, 0, 0) + header + camera + output


def streaming_interface() -> bytes:
    forms = video(0x06, "8B", 1, len(SIZES), 1, 1, 0, 0, 0, 0)
    for index, (width, height) in enumerate(SIZES, 1):
        bits = FRAME_BYTES * 8 * RATE
        forms += video(0x07, "BBHHIIIIBI", index, 0, width, height, bits, bits, FRAME_BYTES, INTERVAL, 1, INTERVAL)
    forms += video(0x0D, "3B", 1, 1, 4)  # colours: BT.709 primaries and transfer, BT.601 matrix
    header = video(0x01, "BHBBBBBBBB", 1, 14 + len(forms), 0x81, 0, 2, 0, 0, 0, 1, 0)
    endpoint = descriptor(5, "BBHB", 0x81, 2, 512, 0)
    return descriptor(4, "7B", 1, 0, 1, 14, 2, 0, 0) + header + forms + endpoint


def configuration() -> bytes:
    association = descriptor(11, "6B", 0, 2, 14, 3, 0, 0)
    body = association + control_interface() + streaming_interface()
    return descriptor(2, "HBBBBB", 9 + len(body), 2, 1, 0, 0x80, 50) + body


DEVICE = descriptor(1, "HBBBBHHHBBBB", 0x0200, 0xEF, 2, 1, 64, 0x1209, 0x0001, 0x0100, 1, 2, 3, 1)


class Webcam:
    """Answers what the host asks; sends a picture whenever one is due and asked for."""

    def __init__(self, link: socket.socket) -> None:
        self._link = link
        self._lock = threading.Condition()
        self._waiting: OrderedDict[int, int] = OrderedDict()  # bulk requests: number -> bytes that fit
        self._frame_index = 1
        self._silent = False
        signal.signal(signal.SIGUSR1, self._fall_silent)
        threading.Thread(target=self._send_pictures, daemon=True).start()

    def serve(self) -> None:
        """Until the host unplugs."""
        while True:
            head = self._receive(48)
            command, number, _, is_in, endpoint, second, length = struct.unpack(">6Ii", head[:28])
            if command == UNLINK:
                with self._lock:
                    was_waiting = self._waiting.pop(second, None) is not None
                    self._link.sendall(struct.pack(">5Ii24x", UNLINKED, number, 0, 0, 0, RESET if was_waiting else 0))
                continue
            data = b"" if is_in else self._receive(length)
            with self._lock:
                if endpoint:
                    self._waiting[number] = length
                    self._lock.notify()
                else:
                    answer = self._control(head[40:48], data)
                    taken = length if answer is not None and not is_in else None
                    self._answer(number, None if answer is None else answer[:length], taken)

    def _answer(self, number: int, data: bytes | None, taken: int | None = None) -> None:
        status, data = (STALL, b"") if data is None else (0, data)
        count = len(data) if taken is None else taken
        sent = b"" if taken is not None else data
        self._link.sendall(struct.pack(">5IiIIII8x", SUBMITTED, number, 0, 0, 0, status, count, 0, 0, 0) + sent)

    def _receive(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            part = self._link.recv(count - len(data))
            if not part:
                raise SystemExit
            data += part
        return data

    def _control(self, setup: bytes, data: bytes) -> bytes | None:
        """A request on endpoint 0; None is a stall."""
        kind, request, value, index, _ = struct.unpack("<BBHHH", setup)
        if (kind, request) == (0x80, 6):
            return self._describe(value >> 8, value & 0xFF)
        if kind in (0x80, 0x81, 0x82) and request == 0:  # status
            return b"\0\0"
        if kind in (0x00, 0x01, 0x02):  # configuration, interface, feature: nothing to do
            return b""
        if index & 0xFF == 1 and value >> 8 in (1, 2):  # probe and commit of the stream
            return self._negotiate(request, data)
        return None

    def _describe(self, kind: int, index: int) -> bytes | None:
        if kind == 1:
            return DEVICE
        if kind == 2:
            return configuration()
        texts = {1: "live-seg tests", 2: NAME, 3: "1"}
        if kind == 3 and index == 0:
            return descriptor(3, "H", 0x0409)
        if kind == 3 and index in texts:
            text = texts[index].encode("utf-16-le")
            return bytes([len(text) + 2, 3]) + text
        return None

    def _negotiate(self, request: int, data: bytes) -> bytes:
        if request == 0x01:
            self._frame_index = min(max(data[3], 1), len(SIZES))
            return b""
        if request == 0x85:
            return struct.pack("<H", 26)
        if request == 0x86:
            return b"\3"
        return struct.pack("<HBBI10xII", 1, 1, self._frame_index, INTERVAL, FRAME_BYTES, PAYLOAD_BYTES)

    def _fall_silent(self, *_: object) -> None:
        self._silent = True

    def _send_pictures(self) -> None:
        toggle, count = 0, 0
        while True:
            time.sleep(1 / RATE)  # this is the camera's own rate, not a wait for something
            if self._silent:
                continue
            payload = bytes([2, 0x82 | toggle]) + self._picture(count)
            if len(payload) % 512 == 0:
                payload += b"\0"  # a short packet ends the payload
            if self._send(payload):
                toggle ^= 1
                count += 1

    def _send(self, payload: bytes) -> bool:
        """In as many requests as it takes; False if the host asks for none."""
        sent = 0
        while sent < len(payload):
            with self._lock:
                if not self._lock.wait_for(lambda: self._waiting, 1):
                    return False
                number, room = self._waiting.popitem(last=False)
                self._answer(number, payload[sent : sent + room])
            sent += room
        return True

    def _picture(self, count: int) -> bytes:
        width, height = SIZES[self._frame_index - 1]
        image = np.full((height, width, 3), COLOUR, np.uint8)
        cv2.circle(image, (count * 8 % width, height // 2), height // 10, (255, 255, 255), -1)
        return cv2.imencode(".jpg", image)[1].tobytes()


if __name__ == "__main__":
    ours, kernels = socket.socketpair()
    webcam = Webcam(ours)
    Path("/sys/devices/platform/vhci_hcd.0/attach").write_text(f"0 {kernels.fileno()} 65537 3")
    kernels.close()
    print("plugged in", flush=True)
    webcam.serve()
