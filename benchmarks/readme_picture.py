"""Makes docs/demo.webp: what the camera sees, the room blurred, the room replaced; by the app's own parts.

python benchmarks/readme_picture.py
"""

from __future__ import annotations

import time
from pathlib import Path

import cv2
import numpy as np

from live_seg import Matter, Size, choose, open_effect, open_source
from live_seg.config import build

FRAME = 40
SIZE = Size(1280, 720)


def main() -> None:
    """Writes the picture."""
    values = {"source": {"camera": "demo", "size": str(SIZE)}, "matting": {"steady": 0.0}}
    config = build(values)
    with open_source(config, time.monotonic) as source:  # type: ignore[attr-defined]
        frame = next(f for f in iter(lambda: source.read(1), None) if f.index == FRAME)
    network = choose(config.engine, SIZE).network
    matte = Matter(network, config.matting)(frame)
    network.close()
    blurred = open_effect(config)(frame.image, matte.alpha)
    replaced = open_effect(build({**values, "effect": {"name": "replace"}}))(frame.image, matte.alpha)
    panels = [cv2.resize(panel, (480, 270), interpolation=cv2.INTER_AREA) for panel in (frame.image, blurred, replaced)]
    gap = np.full((270, 6, 3), 255, np.uint8)
    picture = np.hstack([panels[0], gap, panels[1], gap, panels[2]])
    target = Path(__file__).resolve().parent.parent / "docs" / "demo.webp"
    target.write_bytes(cv2.imencode(".webp", picture, [cv2.IMWRITE_WEBP_QUALITY, 85])[1].tobytes())
    print(f"{target}: {target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
