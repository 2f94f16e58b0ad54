"""The configuration of a run that takes seconds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from live_seg.config import build
from live_seg.training.config import TrainConfig

SMALL = {
    "architecture": "Unet",
    "encoder": "tu-tf_mobilenetv3_small_minimal_100",
    "options": {"decoder_channels": [16, 8, 8, 8, 8]},
    "area_px": 64 * 64,
}
OURS = {
    "architecture": "NarrowUnetPlusPlus",
    "encoder": "resnet18",
    "skips": [4, 4, 8, 8, 8],
    "options": {"decoder": [16, 8, 8, 8, 8]},
}


def config(portraits: Path, folder: Path, **parts: Mapping[str, Any]) -> TrainConfig:
    """A run of seconds: a thin network, 64x64, nothing by chance but the framing."""
    values: dict[str, dict[str, Any]] = {
        "data": {"train": [str(portraits)], "val": [str(portraits)], "side_px": 96},
        "network": dict(SMALL),
        "compose": {"held": 0.0, "clutter": 0.0},
        "camera": {"noise": 0.2, "low_light": 0.0, "two_lights": 0.0, "colour": 0.2},
        "train": {
            "steps": 6,
            "batch": 4,
            "shapes": ["64x64", "96x64"],
            "validate_every": 3,
            "save_every": 2,
            "warm_up": 2,
            "precision": "32-true",
        },
        "machine": {"accelerator": "cpu", "threads": 1},
        "log": {"folder": str(folder), "every": 1, "tensorboard": False, "onnx": False},
    }
    for part, content in parts.items():
        values[part] = {**values.get(part, {}), **content}
    return build(values, TrainConfig)
