"""A contact sheet of what the composition does, one part a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from live_seg.evaluation.sheet import contact_sheet, matte_overlay
from live_seg.frame import Image, Size
from live_seg.training.compose.bank import Bank
from live_seg.training.compose.composer import Composer
from live_seg.training.compose.draw import Draw
from live_seg.training.compose.rooms import Rooms
from live_seg.training.config import Camera, Compose
from live_seg.training.schedule import Stage

NO_COMPOSE = Compose(
    natural=0, reframed=0, empty=0, whole=0, untouched=0, joined=0, second=0, third=0,
    headless=0, alike=0, tilted=0, match_light=0, clean_edges=0, held=0, animal=0, distractors=0, clutter=0,
)  # fmt: skip
NO_CAMERA = Camera(colour=0, two_lights=0, low_light=0, cast=0, blur=0, motion_blur=0, noise=0, jpeg=0)

_PARTS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "natural": ({"natural": 1.0}, {}),
    "natural, whole": ({"natural": 1.0, "whole": 1.0}, {}),
    "natural, joined": ({"natural": 1.0, "whole": 1.0, "joined": 1.0}, {}),
    "natural, tilted": ({"natural": 1.0, "whole": 1.0, "tilted": 1.0}, {}),
    "reframed": ({"reframed": 1.0}, {}),
    "empty room": ({"empty": 1.0}, {}),
    "one person": ({}, {}),
    "natural, headless": ({"natural": 1.0, "headless": 1.0}, {}),
    "headless": ({"headless": 1.0}, {}),
    "alike": ({"alike": 1.0}, {}),
    "second": ({"second": 1.0}, {}),
    "third": ({"second": 1.0, "third": 1.0}, {}),
    "match_light": ({"match_light": 1.0}, {}),
    "clean_edges": ({"clean_edges": 1.0}, {}),
    "held": ({"held": 1.0}, {}),
    "animal": ({"animal": 1.0}, {}),
    "distractors": ({"distractors": 1.0}, {}),
    "clutter": ({"clutter": 1.0}, {}),
    "colour": ({}, {"colour": 1.0}),
    "two_lights": ({}, {"two_lights": 1.0}),
    "low_light": ({}, {"low_light": 1.0}),
    "cast": ({}, {"cast": 1.0}),
    "blur": ({}, {"blur": 1.0}),
    "motion_blur": ({}, {"motion_blur": 1.0}),
    "noise": ({}, {"noise": 1.0}),
    "jpeg": ({}, {"jpeg": 1.0}),
}


_SIZES = {"natural": (Size(288, 160), Size(224, 224), Size(192, 256))}
"""Those of a part's frames, where one does not tell all."""


def parts_sheet(
    bank: Bank,
    rooms: Rooms,
    stages: Sequence[Stage],
    camera: Camera,
    animals: Bank | None = None,
    further: Mapping[str, Bank] | None = None,
    seed: int = 0,
    columns: int = 6,
) -> Image:
    """Each part of the composition alone, then all together as in each stage; the background is sunk in green.

    Parameters
    ----------
    bank, rooms, animals
        What is composed; without animals they have no row.
    further
        Caption -> pictures of one kind, whose natural frames have a row of their own.
    stages, camera
        As configured, for the last rows.
    seed
        Another one shows other frames.
    columns
        Frames a row, a multiple of 3.
    """
    tiles: list[tuple[str, Image]] = []
    for name, (of_compose, of_camera) in _PARTS.items():
        if name == "animal" and animals is None:
            continue
        parts = replace(NO_COMPOSE, **of_compose), replace(NO_CAMERA, **of_camera)
        alone = Composer(bank, rooms, *parts, animals)
        sizes = _SIZES.get(name.partition(",")[0], (Size(288, 160),))
        for size in sizes:
            tiles += _tiles(name, *alone(columns // len(sizes), size, Draw(bank.device, seed)))
    for name, pictures in (further or {}).items():
        alone = Composer(pictures, rooms, replace(NO_COMPOSE, natural=1.0, whole=1.0), NO_CAMERA)
        for size in _SIZES["natural"]:
            tiles += _tiles(name, *alone(columns // 3, size, Draw(bank.device, seed)))
    for stage in stages:
        whole = Composer(bank, rooms, stage.compose, camera, animals)
        for number in range(3):
            size = stage.shapes[number * len(stage.shapes) // 3]
            caption = f"from step {stage.start}, {size}"
            tiles += _tiles(caption, *whole(columns, size, Draw(bank.device, seed, number)))
    return contact_sheet(tiles, columns)


def batch_overlays(pictures: Tensor, alpha: Tensor) -> list[Image]:
    """Frames of a batch as uint8 BGR with the background sunk in green."""
    rgb = (pictures.cpu() * 255).round().to(torch.uint8).permute(0, 2, 3, 1).numpy()
    mattes = (alpha.cpu() * 255).round().to(torch.uint8)[:, 0].numpy()
    pairs = zip(rgb, mattes, strict=True)
    return [matte_overlay(np.ascontiguousarray(one[:, :, ::-1]), matte) for one, matte in pairs]


def _tiles(name: str, pictures: Tensor, alpha: Tensor) -> list[tuple[str, Image]]:
    return [(name, overlay) for overlay in batch_overlays(pictures, alpha)]
