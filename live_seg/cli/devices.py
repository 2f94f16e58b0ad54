"""`live-seg devices`: cameras and virtual cameras, and what to type for each."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable, Iterable
from typing import Any

from live_seg.devices import Device, Holder, Mode, holders, label_of_ours, list_devices, modes_of
from live_seg.devices.faults import check_capturing
from live_seg.errors import SourceError, one_line

_shown = 4  # modes of a camera, one a size; --json has all

_plain = re.compile(r"\w[^/\\\"“”„$`!%]*")
"""Names that mean themselves between double quotes, in every shell."""


def add(subparsers: Any) -> None:
    """Adds the subcommand."""
    parser = subparsers.add_parser(
        "devices",
        help="cameras and virtual cameras, and what to type for each",
        description="Cameras and virtual cameras of this machine, and what to type for each.",
    )
    parser.add_argument("--json", action="store_true", help="everything that is known, for programs")
    parser.set_defaults(run=run)


def run(
    arguments: argparse.Namespace,
    devices: Callable[[], list[Device]] = list_devices,
    modes: Callable[[Device], list[Mode]] = modes_of,
    who: Callable[[str], list[Holder]] = holders,
) -> int:
    """Prints them; exit code 0 also if there are none."""
    found = devices()
    if arguments.json:
        print(json.dumps(as_values(found, modes, who), indent=2))
    else:
        print("\n".join(map(one_line, as_lines(found, modes, who))))  # a USB device calls itself what it likes
    return 0


def as_values(
    found: list[Device], modes: Callable[[Device], list[Mode]], who: Callable[[str], list[Holder]]
) -> dict[str, list[dict[str, Any]]]:
    """What `--json` prints: the keys stay as they are."""
    values: dict[str, list[dict[str, Any]]] = {"cameras": [], "virtual_cameras": [], "others": []}
    for device in found:
        kind = "virtual_cameras" if device.is_virtual else "cameras" if device.is_camera else "others"
        values[kind].append(
            {
                "name": device.name,
                "index": device.index,
                "path": device.path,
                "bus": device.bus,
                "driver": device.driver,
                "captures": device.captures,
                "outputs": device.outputs,
                "problem": device.problem,
                "open_in": [{"pid": holder.pid, "name": holder.name} for holder in _holders(device, who)],
                "modes": [
                    {"fourcc": mode.fourcc, "width": mode.size.width, "height": mode.size.height, "fps": list(mode.fps)}
                    for mode in (modes(device) if device.captures else [])
                ],
                "type": what_to_type(device, found) if kind != "others" else "",
            }
        )
    return values


def as_lines(
    found: list[Device], modes: Callable[[Device], list[Mode]], who: Callable[[str], list[Holder]]
) -> list[str]:
    """What is printed for people."""
    cameras = [device for device in found if device.is_camera]
    virtual = [device for device in found if device.is_virtual]
    forbidden = [device for device in found if device.problem]
    lines = ["Cameras"] if cameras else ["There is no camera. Without one: live-seg --camera demo"]
    for device in cameras:
        lines.append(f"  {device}{_open_in(device, who)}")
        best = best_modes(modes(device))
        if best:
            lines.append(f"      {', '.join(map(str, best))}")
        lines.append(f"      {what_to_type(device, found)}")
    if virtual:
        lines += ["", "Virtual cameras"]
    for device in virtual:
        state = "" if device.outputs else "  pictures are sent to it" if device.captures else "  takes no pictures now"
        lines += [
            f"  {device}{state if device.is_loopback else ''}{_open_in(device, who)}",
            f"      {what_to_type(device, found)}",
        ]
    if not virtual:
        lines += ["", "There is no virtual camera. `live-seg doctor` says how to get one."]
    for device in forbidden:
        try:
            check_capturing(device)
        except SourceError as error:
            lines += ["", str(error)]
    return lines


def what_to_type(device: Device, found: list[Device]) -> str:
    """The command that chooses this device: by its name, or by its path or index where the name would not do.

    That is where it fits several, would be taken for a file, or does something in a shell.
    """
    part = device.name.casefold()
    is_plain = _plain.fullmatch(device.name) is not None and device.name.isprintable()
    if device.is_virtual:
        is_default = device.name == label_of_ours or sum(other.is_virtual for other in found) == 1
        wanted = device.path or (device.name if is_plain else "")
        return "live-seg --virtual-camera" + ("" if is_default or not wanted else f' "{wanted}"')
    alike = [other for other in found if other.captures and part in other.name.casefold()]
    name = device.name if len(alike) == 1 and is_plain else device.path or str(device.index)
    return f'live-seg --camera "{name}"'


def best_modes(modes: Iterable[Mode]) -> list[Mode]:
    """One mode a size, the one with the highest rate; the largest sizes that reach 24 frames a second first."""
    best: dict[tuple[int, int], Mode] = {}
    for mode in modes:
        known = best.get(mode.size)
        if known is None or max(mode.fps, default=0) > max(known.fps, default=0):
            best[mode.size] = mode
    order = sorted(best.values(), key=lambda mode: mode.size.width * mode.size.height, reverse=True)
    order.sort(key=lambda mode: max(mode.fps, default=0) < 24)
    return order[:_shown]


def _holders(device: Device, who: Callable[[str], list[Holder]]) -> list[Holder]:
    return who(device.path) if device.path else []


def _open_in(device: Device, who: Callable[[str], list[Holder]]) -> str:
    names = ", ".join(map(str, _holders(device, who)))
    return f"  open in {names}" if names else ""
