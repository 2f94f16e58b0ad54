"""A webcam goes in, the person stays, the room is blurred or replaced.

    import live_seg

    config = live_seg.Config()
    network = live_seg.choose(config.engine, live_seg.Size(1280, 720)).network
    matte = live_seg.Matter(network, config.matting)(live_seg.Frame(image, index=0, time=0.0))
    picture = live_seg.open_effect(config)(image, matte.alpha)

Of a single picture `live_seg.cutout(image)` is enough (docs/photos.md).
The names below are the public ones; each is imported when it is used first.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from live_seg.config import Config
    from live_seg.effects import open_effect
    from live_seg.errors import LiveSegError
    from live_seg.frame import Frame, Matte, Size
    from live_seg.live.pipeline import Pipeline
    from live_seg.matting import Matter, choose
    from live_seg.photo.cutout import cutout
    from live_seg.sinks import open_sink
    from live_seg.sources import open_source

__all__ = [
    "Config",
    "Frame",
    "LiveSegError",
    "Matte",
    "Matter",
    "Pipeline",
    "Size",
    "choose",
    "cutout",
    "open_effect",
    "open_sink",
    "open_source",
]

_HOMES = {
    "Config": "live_seg.config",
    "Frame": "live_seg.frame",
    "LiveSegError": "live_seg.errors",
    "Matte": "live_seg.frame",
    "Matter": "live_seg.matting",
    "Pipeline": "live_seg.live.pipeline",
    "Size": "live_seg.frame",
    "choose": "live_seg.matting",
    "cutout": "live_seg.photo.cutout",
    "open_effect": "live_seg.effects",
    "open_sink": "live_seg.sinks",
    "open_source": "live_seg.sources",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'live_seg' has no attribute {name!r}")
