"""`live-seg devices` and `doctor` over real nodes: nothing, a camera, a virtual camera."""

from __future__ import annotations

import json

from guest import live_seg, load_loopback, load_vivid, passed

from live_seg.cli.checks.cameras import check_cameras, check_virtual_camera
from live_seg.devices import list_devices

code, text = live_seg("devices")
assert code == 0, code
assert text.startswith("There is no camera. Without one: live-seg --camera demo"), text
(check,) = check_virtual_camera()
assert check.state == "absent", check
assert check.cure == 'sudo modprobe v4l2loopback video_nr=9 card_label="Live Seg Camera" exclusive_caps=1', check
passed("without devices: one line, exit code 0; the doctor has the modprobe line")

load_vivid()
load_loopback()
found = json.loads(live_seg("devices", "--json")[1])
(camera,) = found["cameras"]
(virtual,) = found["virtual_cameras"]
assert (camera["name"], camera["path"], camera["captures"], camera["driver"]) == ("vivid", "/dev/video0", True, "vivid")
assert camera["bus"] == "platform:vivid-000", camera
mode = camera["modes"][2]
assert (mode["fourcc"], mode["width"], mode["height"], mode["fps"][0]) == ("YUYV", 640, 480, 25.0), mode
assert (virtual["name"], virtual["path"], virtual["outputs"]) == ("Live Seg Camera", "/dev/video9", True), virtual
assert not found["others"], found["others"]
passed(f"vivid and the loopback by name, {len(camera['modes'])} modes")

text = live_seg("devices")[1]
assert 'live-seg --camera "vivid"' in text and "live-seg --virtual-camera" in text, text
passed("what to type for each")

assert [check.state for check in check_cameras()] == ["ok"]
(check,) = check_virtual_camera()
assert check.state == "ok" and "v4l2loopback before 0.13" in check.text, check
assert all(device.outputs for device in list_devices() if device.is_loopback), "asking took the caps away"
passed("the doctor finds both; asking changes nothing")
