"""Cameras and the virtual camera; none is opened, so no light goes on."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator

from live_seg.cli.checks.check import Check, State
from live_seg.cli.devices import best_modes
from live_seg.devices import Device, Mode, holders, list_devices, modes_of
from live_seg.devices.faults import Holders, check_capturing
from live_seg.devices.loopback import Module, choose_output, loopbacks, module
from live_seg.errors import SinkError, SourceError


def check_cameras(
    devices: Callable[[], list[Device]] = list_devices,
    modes: Callable[[Device], list[Mode]] = modes_of,
    who: Holders = holders,
) -> Iterator[Check]:
    """Each camera with its best modes; one that may not be opened fails."""
    found = devices()
    for device in found:
        if device.problem:
            try:
                check_capturing(device)
            except SourceError as error:
                yield Check("camera", State.FAILED, error.what, error.cure)
        elif device.is_camera:
            best = ", ".join(map(str, best_modes(modes(device))))
            users = ", ".join(map(str, who(device.path) if device.path else []))
            text = str(device) + (f": {best}" if best else "") + (f"; open in {users}" if users else "")
            yield Check("camera", State.OK, text)
    if not any(device.is_camera or device.problem for device in found):
        yield Check("camera", State.ABSENT, "there is none", "Without one: live-seg --camera demo")


def check_virtual_camera(
    devices: Callable[[], list[Device]] = list_devices,
    state: Callable[[], Module] = module,
    who: Holders = holders,
    platform: str = sys.platform,
) -> Iterator[Check]:
    """Whether pictures can be sent to a video call, and else the exact line that makes it so."""
    subject = "virtual camera"
    if importlib.util.find_spec("pyvirtualcam") is None:
        cure = f"{sys.executable} -m pip install pyvirtualcam"
        yield Check(subject, State.ABSENT, "pyvirtualcam is not installed", cure)
    elif platform == "linux":
        yield _loopback(subject, devices(), state(), who)
    else:
        found = next((device for device in devices() if device.is_virtual), None)
        if found is None:
            cure = "Install OBS Studio from obsproject.com and start its virtual camera once."
            yield Check(subject, State.ABSENT, "there is none", cure)
        else:
            yield Check(subject, State.OK, found.name)


def _loopback(subject: str, devices: list[Device], state: Module, who: Holders) -> Check:
    try:
        device = choose_output("", devices, state, who)
    except SinkError as error:
        there = loopbacks(devices)
        at_work = next((device for device in there if device.captures), None)
        if at_work:
            users = ", ".join(map(str, who(at_work.path)))
            in_users = f"; open in {users}" if users else ""
            return Check(subject, State.OK, f"{at_work}, {state}: pictures are sent to it{in_users}")
        cure = error.cure.removeprefix("Run: ")
        return Check(subject, State.FAILED if there else State.ABSENT, error.what, cure)
    text = f"{device}, {state}"
    if state.needs_reloading:
        text += "; after each run the module must be loaded anew, 0.15 needs that no more"
    return Check(subject, State.OK, text)
