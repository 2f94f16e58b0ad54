"""Cameras and virtual cameras of this machine, without opening a stream."""

from live_seg.devices.device import Device, Holder, Mode, label_of_ours
from live_seg.devices.holders import holders
from live_seg.devices.listing import list_devices, modes_of

__all__ = ["Device", "Holder", "Mode", "holders", "label_of_ours", "list_devices", "modes_of"]
