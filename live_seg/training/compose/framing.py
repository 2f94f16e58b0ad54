"""Frames cut from what there is: a portrait in a webcam's framing, a part of a room."""

from __future__ import annotations

import torch
from torch import Tensor

from live_seg.frame import Size
from live_seg.training.compose.bank import Bank, Rooms
from live_seg.training.compose.draw import Draw
from live_seg.training.compose.sampling import grid, mirrored, plane, sample


def reframed(bank: Bank, count: int, size: Size, draw: Draw) -> tuple[Tensor, Tensor]:
    """Portraits with their own background, cut closer or continued sideways by mirroring until they fill the frame.

    Returns
    -------
    tuple of Tensor
        float (count, 3, H, W) and alpha (count, 1, H, W), in 0..1.
    """
    index = draw.weighted(count, bank.weights)
    width, height = bank.sizes[index].unbind(1)
    aspect = size.width / size.height * draw.log_uniform(count, 0.85, 1.18)
    cut_width = width * draw.uniform(count, 0.55, 1.9)
    cut_height = torch.minimum(cut_width / aspect, height * draw.uniform(count, 0.8, 1.05))
    cut_width = torch.minimum(
        cut_width, cut_height * 1.2 * size.width / size.height
    )  # never more than 1.2 times squeezed
    left = (width - cut_width) * draw.uniform(count)
    top = (height - cut_height) * draw.uniform(count)
    x, y = _cut(size, left, top, cut_width, cut_height, draw)
    x, y = mirrored(x, plane(width)), mirrored(y, plane(height))
    return sample(bank.pictures[index], x, y), sample(bank.alphas[index], x, y)


def room(rooms: Rooms, count: int, size: Size, draw: Draw) -> Tensor:
    """Parts of rooms in the frame's shape, from half of the picture's height to all of it; float (count, 3, H, W)."""
    index = draw.index(count, len(rooms.pictures))
    wide, high = rooms.pictures.shape[-1], rooms.pictures.shape[-2]
    cut_height = high * draw.uniform(count, 0.5, 1.0)
    cut_width = cut_height * size.width / size.height
    fit = (wide / cut_width).clamp(max=1)
    cut_width, cut_height = cut_width * fit, cut_height * fit
    left, top = (wide - cut_width) * draw.uniform(count), (high - cut_height) * draw.uniform(count)
    return sample(rooms.pictures[index], *_cut(size, left, top, cut_width, cut_height, draw))


def _cut(size: Size, left: Tensor, top: Tensor, width: Tensor, height: Tensor, draw: Draw) -> tuple[Tensor, Tensor]:
    """Positions of a rectangle for each pixel of the frame, half of them with left and right swapped."""
    x, y = grid(size, left.device)
    x = torch.where(plane(draw.chance(len(left), 0.5)), size.width - 1 - x, x)
    return plane(left) + x / size.width * plane(width), plane(top) + y / size.height * plane(height)
