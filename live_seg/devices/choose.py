"""Which camera an address means: an index, a path, or part of a name."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from live_seg.devices.device import Device
from live_seg.errors import SourceError, UsageError, nearest


def choose(address: str, devices: list[Device]) -> Device:
    """The device that `address` means.

    Parameters
    ----------
    address
        "0", "/dev/video2" or a link to it, part of a name in any case, or "auto" for the first camera.

    Raises
    ------
    SourceError
        If there is no such camera: says which there are.
    UsageError
        If several cameras have it in their name.
    """
    if address == "auto":
        return _first(devices)
    if address.isdecimal():
        return _by_index(int(address), devices)
    if address.startswith(("/", "./", "../")):
        return _by_path(address, devices)
    return _by_name(address, devices)


def find_again(lost: Device, devices: list[Device]) -> Device:
    """The same camera after it was plugged in again: by its name, since its number may have changed.

    Of several with that name: the one at the same plug, otherwise the first.

    Raises
    ------
    SourceError
        If it is not there.
    """
    same = [device for device in devices if device.captures and device.name == lost.name]
    if not same:
        raise SourceError(f"{lost} is not there")
    return next((device for device in same if device.bus == lost.bus), same[0])


def _first(devices: list[Device]) -> Device:
    camera = next((device for device in devices if device.is_camera), None)
    if camera is None:  # perhaps one that may not be opened: its own error says more than "none"
        camera = next((device for device in devices if device.problem), None)
    if camera is None:
        raise _absent("there is no camera", devices)
    return camera


def _by_index(index: int, devices: list[Device]) -> Device:
    found = next((device for device in devices if device.index == index), None)
    if found is None:
        raise _absent(f"there is no camera {index}", devices)
    return found


def _by_path(address: str, devices: list[Device]) -> Device:
    path = str(Path(address).resolve())  # /dev/v4l/by-id/… are links
    found = next((device for device in devices if device.path in (address, path)), None)
    if found is None:
        raise _absent(f"there is no camera {address}", devices)
    return found


def _by_name(address: str, devices: list[Device]) -> Device:
    part = address.casefold().strip()
    fitting = [device for device in devices if part in device.name.casefold()]
    # A webcam's second node has the same name and cannot capture; one that is alone is kept for its own error.
    fitting = [device for device in fitting if device.captures] or fitting[:1]
    fitting = [device for device in fitting if device.name.casefold() == part] or fitting
    if not fitting:
        raise _absent(f"no camera has {address!r} in its name", devices, near=address)
    plugs = {(device.name, device.bus or device.path or device.index) for device in fitting}
    if len(plugs) > 1:
        raise UsageError(
            f"{len(fitting)} cameras have {address!r} in their name",
            f"Choose one: {_listed(fitting)}; a path such as {fitting[0].path or fitting[0].index} also chooses.",
        )
    return fitting[0]


def _absent(what: str, devices: list[Device], near: str = "") -> SourceError:
    cameras = [device for device in devices if device.is_camera]
    names = {device.name.casefold(): device for device in cameras}
    alike = [names[name] for name in nearest(near.casefold(), names)] if near else []
    if alike:
        return SourceError(what, f"Did you mean {_listed(alike)}?")
    if cameras:
        return SourceError(what, f"There are: {_listed(cameras)}; `live-seg devices` shows more.")
    return SourceError(
        what, "Plug one in; `live-seg devices` shows what is found, `live-seg --camera demo` needs none."
    )


def _listed(devices: Iterable[Device]) -> str:
    return ", ".join(map(str, devices))
