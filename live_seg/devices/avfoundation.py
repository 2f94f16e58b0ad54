"""Cameras of macOS, numbered as OpenCV numbers them."""

from __future__ import annotations

from live_seg.devices.device import Device


def cameras() -> list[Device]:
    """Every camera, in the order of its index.

    OpenCV takes what gives pictures, then what gives pictures and sound in one, and sorts both together by their unique
    ids. The system, and FFmpeg after it, lists them in another order: its numbers would open the wrong camera.
    """
    import AVFoundation

    kinds = (AVFoundation.AVMediaTypeVideo, AVFoundation.AVMediaTypeMuxed)
    found = [camera for kind in kinds for camera in AVFoundation.AVCaptureDevice.devicesWithMediaType_(kind)]
    found.sort(key=lambda camera: str(camera.uniqueID()))
    return [
        Device(str(camera.localizedName()), index, bus=str(camera.uniqueID()), driver="avfoundation")
        for index, camera in enumerate(found)
    ]
