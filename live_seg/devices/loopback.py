"""v4l2loopback, Linux's virtual camera: which device to send to, and what to run when there is none."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from live_seg.devices.device import Device, label_of_ours
from live_seg.devices.faults import Holders, how_to_be_allowed
from live_seg.devices.holders import holders
from live_seg.errors import SinkError, nearest

load_line = f'sudo modprobe v4l2loopback video_nr=9 card_label="{label_of_ours}" exclusive_caps=1'
reload_line = f"sudo modprobe -r v4l2loopback && {load_line}"
install_lines = {
    "apt": f"sudo apt install v4l2loopback-dkms && {load_line}",
    "dnf": f"sudo dnf install v4l2loopback && {load_line}",  # of RPM Fusion
    "pacman": f"sudo pacman -S v4l2loopback-dkms && {load_line}",
}


@dataclass(frozen=True, slots=True)
class Module:
    """The kernel module: whether it is there for the running kernel, loaded, and which version.

    The version is empty up to 0.12, which does not tell it.
    """

    installed: bool
    loaded: bool
    version: str = ""

    @property
    def needs_reloading(self) -> bool:
        """True for versions that take no second sender until the module is reloaded.

        0.12 forgets that it may be written to when a sender that used `write` closes it; 0.15 does not. Those
        between were not tried, and are believed the worse.
        """
        numbers = [int(part) for part in self.version.split(".")[:2] if part.isdecimal()]
        return self.loaded and numbers < [0, 15]

    def __str__(self) -> str:
        return f"v4l2loopback {self.version or 'before 0.13'}"


def module(system: Path = Path("/sys"), modules: Path | None = None) -> Module:
    """Reads what the kernel says; `modules` is the folder of the running kernel's modules."""
    loaded = system / "module" / "v4l2loopback"
    folder = modules or Path("/lib/modules") / os.uname().release
    try:
        installed = "v4l2loopback.ko" in (folder / "modules.dep").read_text(encoding="utf-8")
    except OSError:
        installed = False
    version = loaded / "version"
    return Module(
        installed=installed or loaded.is_dir(),
        loaded=loaded.is_dir(),
        version=version.read_text(encoding="utf-8").strip() if version.is_file() else "",
    )


def how_to_load(state: Module) -> str:
    """The one line that makes a virtual camera, for a module that has no device to send to."""
    if state.loaded:
        return reload_line
    if state.installed:
        return load_line
    return next((line for program, line in install_lines.items() if shutil.which(program)), install_lines["apt"])


def choose_output(wanted: str, devices: list[Device], state: Module, who: Holders = holders) -> Device:
    """The device to send to.

    Parameters
    ----------
    wanted
        Its path or part of its label; empty: one that is labelled as ours, otherwise the first that is free.

    Raises
    ------
    SinkError
        If there is none, or it cannot be sent to: with the exact line to run.
    """
    possible = loopbacks(devices)
    if wanted:
        device = _wanted(wanted, devices, possible, state)
    elif possible:
        device = min(possible, key=lambda device: (not device.outputs, device.name != label_of_ours, device.index))
    else:
        what = "there is no virtual camera: " + (
            "the module v4l2loopback has no device"
            if state.loaded
            else "the kernel module v4l2loopback is not " + ("loaded" if state.installed else "installed")
        )
        raise SinkError(what, f"Run: {how_to_load(state)}")
    _check_output(device, state, who)
    return device


def loopbacks(devices: list[Device]) -> list[Device]:
    """Those of the module; of a node that we may not open its label in /sys is all there is."""
    return [device for device in devices if device.is_loopback or (device.problem and _looks_like(device))]


def _looks_like(device: Device) -> bool:
    return device.name == label_of_ours or device.name.lower().startswith("dummy video device")


def _wanted(wanted: str, devices: list[Device], loopbacks: list[Device], state: Module) -> Device:
    if wanted.startswith("/"):
        path = str(Path(wanted).resolve())
        found = [device for device in devices if device.path in (wanted, path)]
    else:
        found = [device for device in loopbacks if wanted.casefold() in device.name.casefold()]
    if not found:
        names = [device.path if wanted.startswith("/") else device.name for device in loopbacks]
        there = ", ".join(map(str, loopbacks))
        near = nearest(wanted, names) and f"Did you mean {' or '.join(nearest(wanted, names))}?"
        raise SinkError(
            f"there is no virtual camera {wanted!r}",
            near or (f"There are: {there}." if there else f"Run: {how_to_load(state)}"),
        )
    return min(found, key=lambda device: (not device.outputs, device.index))


def _check_output(device: Device, state: Module, who: Holders) -> None:
    if device.problem == "permission denied":
        raise SinkError(f"you may not open {device}", how_to_be_allowed(device.path))
    if not device.is_loopback and not device.outputs:
        raise SinkError(f"{device} is a camera: pictures cannot be sent to it", "`live-seg devices` shows which can.")
    if device.outputs:
        return
    using = [holder for holder in who(device.path) if holder.pid != os.getpid()]
    names = ", ".join(map(str, using))
    if not state.needs_reloading:
        where = f"; open in {names}" if using else ", perhaps another user's"
        raise SinkError(f"another program sends to {device}{where}", "Close it.")
    close = f"Close what has it open: {names}. Then run: " if using else "Run: "
    raise SinkError(
        f"{device} takes no pictures: {state} takes none from a second program until it is loaded anew",
        f"{close}{reload_line} (version 0.15 needs this no more)",
    )
