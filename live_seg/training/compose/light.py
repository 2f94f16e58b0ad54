"""Light and colour: of a room, of a second lamp, of a dark evening."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from live_seg.frame import Size
from live_seg.training.compose.draw import Draw, each
from live_seg.training.compose.sampling import grid, plane

_PLACE_PX = 8
_LEAST = 1e-6


def recoloured(pictures: Tensor, draw: Draw, strength: float) -> Tensor:
    """Random gain, white balance, gamma and saturation, each picture its own; strength 0 changes nothing."""
    count = len(pictures)
    gain = each(draw.uniform(count, 1 - 0.4 * strength, 1 + 0.3 * strength))
    balance = 1 + draw.uniform(count * 3, -0.12, 0.12).view(count, 3, 1, 1) * strength
    gamma = each(torch.exp(draw.uniform(count, -0.36, 0.44) * strength))
    bright = (pictures * gain * balance).clamp(1e-4, 1) ** gamma
    grey = bright.mean(1, keepdim=True)
    saturation = 1 + each(draw.uniform(count, -0.6, 0.4)) * strength
    return (grey + (bright - grey) * saturation).clamp(0, 1)


def in_colour_of(person: Tensor, matte: Tensor, canvas: Tensor, draw: Draw) -> Tensor:
    """The canvas in the mean colour of some place of the person, at 0.15 to 0.8 of its contrast.

    A white shirt before a white wall: there only the shape tells a person from a room.

    Parameters
    ----------
    person, matte, canvas
        Float (N, 3, H, W), (N, 1, H, W) and (N, 3, H, W) in 0..1; the sides are multiples of 8.
    draw
        Chance: which place, how much contrast.
    """
    own = functional.avg_pool2d(matte, _PLACE_PX).flatten(2)
    coloured = functional.avg_pool2d(person * matte, _PLACE_PX).flatten(2)
    mean = canvas.mean((2, 3), keepdim=True)
    place = draw.weighted_each(own[:, 0] + _LEAST).view(-1, 1, 1)
    there, much = coloured.gather(2, place.expand(-1, 3, 1)), own.gather(2, place)
    colour = ((there + _LEAST * mean[..., 0]) / (much + _LEAST))[..., None]
    return ((canvas - mean) * each(draw.log_uniform(len(canvas), 0.15, 0.8)) + colour).clamp(0, 1)


def two_lights(pictures: Tensor, draw: Draw, probability: float) -> Tensor:
    """A window on one side and a lamp on the other: the white balance changes across the frame, between 0.7 and 1.3."""
    count = len(pictures)
    x, y = grid(Size(pictures.shape[-1], pictures.shape[-2]), pictures.device)
    angle = plane(draw.uniform(count, 0, 2 * math.pi))
    across, down = x / pictures.shape[-1] - 0.5, y / pictures.shape[-2] - 0.5
    place = torch.sigmoid(6 * (torch.cos(angle) * across + torch.sin(angle) * down))[:, None]
    one, other = (draw.uniform(count * 3, 0.7, 1.3).view(count, 3, 1, 1) for _ in range(2))
    lit = (pictures * (one * place + other * (1 - place))).clamp(0, 1)
    return torch.where(each(draw.chance(count, probability)), lit, pictures)


def cast(pictures: Tensor, draw: Draw, probability: float) -> Tensor:
    """One colour over all, its channels at 0.5 to 1.4; a third of those frames is grey, as a night camera's."""
    if not probability:
        return pictures
    count = len(pictures)
    lit = (pictures * draw.uniform(count * 3, 0.5, 1.4).view(count, 3, 1, 1)).clamp(0, 1)
    lit = torch.where(each(draw.chance(count, 1 / 3)), pictures.mean(1, keepdim=True), lit)
    return torch.where(each(draw.chance(count, probability)), lit, pictures)


def low_light(pictures: Tensor, draw: Draw, probability: float) -> Tensor:
    """Underexposed frames: 0.15 to 0.6 of the light."""
    count = len(pictures)
    dark = pictures * each(draw.uniform(count, 0.15, 0.6))
    return torch.where(each(draw.chance(count, probability)), dark, pictures)
