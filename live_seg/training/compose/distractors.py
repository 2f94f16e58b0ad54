"""Shapes of no meaning that stand out from the room: what stands out is not always a person."""

from __future__ import annotations

import torch
from torch import Tensor

from live_seg.frame import Size
from live_seg.training.compose.draw import Draw, each
from live_seg.training.compose.framing import room
from live_seg.training.compose.rooms import Rooms
from live_seg.training.compose.sampling import grid, plane

_AGAIN = (1.0, 0.5, 0.3)
"""How often a frame gets a first shape, another and a third, over the probability."""

_LOBES = 6
_FULL_TURN = 6.2832


def distracted(pictures: Tensor, alpha: Tensor, rooms: Rooms, draw: Draw, probability: float) -> Tensor:
    """Up to three shapes behind the persons, in a part of another room, in one colour, or in both; the matte stays.

    A network that has seen persons alone pasted into rooms takes for a person whatever was pasted, or looks so: chairs,
    flags, flowers.

    Parameters
    ----------
    pictures, alpha
        Frames, (N, 3, H, W) and (N, 1, H, W).
    rooms
        Textures; without one the frames stay as they are.
    draw
        Chance.
    probability
        Of a first shape.
    """
    if not len(rooms.pictures) or not probability:
        return pictures
    pictures, size = pictures.clone(), Size(pictures.shape[-1], pictures.shape[-2])
    for often in _AGAIN:
        chosen = draw.chance(len(pictures), probability * often)
        count = int(chosen.sum())
        if count:
            shape, across, down = _shape(count, size, draw)
            shape = shape * (1 - alpha[chosen])
            surface = _surface(room(rooms, count, size, draw), across, down, draw)
            pictures[chosen] = pictures[chosen] * (1 - shape) + surface * shape
    return pictures


def _shape(count: int, size: Size, draw: Draw) -> tuple[Tensor, Tensor, Tensor]:
    """Mattes (N, 1, H, W), lobed or of three boxes, a tenth to six tenths of the height; and positions in them."""
    x, y = grid(size, draw.device)
    radius = plane(draw.log_uniform(count, 0.1, 0.6) * size.height)
    angle = draw.uniform(count, -0.5, 0.5)
    turn_cos, turn_sin = plane(torch.cos(angle)), plane(torch.sin(angle))
    right, below = x - plane(draw.uniform(count) * size.width), y - plane(draw.uniform(count, 0.15, 1.05) * size.height)
    across = (turn_cos * right + turn_sin * below) / radius
    down = (turn_cos * below - turn_sin * right) / (radius * plane(draw.log_uniform(count, 0.55, 1.8)))
    turn = torch.atan2(down, across)
    outline = torch.ones_like(turn)
    for lobes in range(1, _LOBES + 1):
        strength = plane(draw.normal((count,)) * 0.3 / lobes**0.6)
        outline = outline + strength * torch.cos(lobes * turn + plane(draw.uniform(count, 0, _FULL_TURN)))
    boxes = torch.stack([_box(across, down, draw) for _ in range(3)]).amax(0)
    inside = torch.where(plane(draw.chance(count, 0.5)), outline - torch.hypot(across, down), boxes)
    return torch.sigmoid(inside * radius / 0.6)[:, None], across, down


def _box(across: Tensor, down: Tensor, draw: Draw) -> Tensor:
    """How far inside of a box near the middle each position is; negative outside."""
    count = len(across)
    middle_x, middle_y = plane(draw.uniform(count, -0.6, 0.6)), plane(draw.uniform(count, -0.7, 0.7))
    wide, tall = plane(draw.log_uniform(count, 0.12, 1.0)), plane(draw.log_uniform(count, 0.12, 1.0))
    return torch.minimum(wide - (across - middle_x).abs(), tall - (down - middle_y).abs())


def _surface(texture: Tensor, across: Tensor, down: Tensor, draw: Draw) -> Tensor:
    """Four in ten the texture itself, three one colour with some of it, three a mixture; darker towards one side."""
    count = len(texture)
    tint = 1 + (draw.uniform(count * 3).view(count, 3, 1, 1) - 0.5) * 1.8 * each(draw.uniform(count))
    colour = each(draw.uniform(count, 0.08, 0.9)) * tint * (0.75 + 0.5 * texture.mean(1, keepdim=True))
    kind, much = draw.uniform(count), draw.uniform(count, 0.6, 1.0)
    share = each(torch.where(kind < 0.4, torch.zeros_like(kind), torch.where(kind > 0.7, much, kind)))
    slope = plane(draw.uniform(count, -1, 1)) * across + plane(draw.uniform(count, -1, 1)) * down
    shade = 1 + 0.35 * slope.clamp(-1.2, 1.2)[:, None]
    return ((texture * (1 - share) + colour * share) * shade).clamp(0, 1)
