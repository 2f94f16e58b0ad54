"""Who has a device open: the links in /proc/*/fd, which need no package."""

from __future__ import annotations

from pathlib import Path

from live_seg.devices.device import Holder


def holders(path: str, proc: Path = Path("/proc")) -> list[Holder]:
    """Processes that have the node open, by pid; of other users' processes only root sees all.

    A process that merely has it open need not take pictures; it is who to look at when opening fails.
    """
    found = []
    for folder in proc.glob("[0-9]*"):
        try:
            is_open = any(_target(link) == path for link in (folder / "fd").iterdir())
            name = (folder / "comm").read_text(encoding="utf-8", errors="replace").strip() if is_open else ""
        except OSError:  # another user's, or just ended
            continue
        if is_open:
            found.append(Holder(int(folder.name), name))
    return sorted(found, key=lambda holder: holder.pid)


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:
        return ""
