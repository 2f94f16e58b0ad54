"""Mugs, microphones, headphones and phones, drawn: held or worn they belong to the person, lying about they do not."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from live_seg.frame import Size
from live_seg.training.compose.draw import Draw, each
from live_seg.training.compose.sampling import gaussian, grid, plane


def held(pictures: Tensor, alpha: Tensor, draw: Draw, probability: float) -> tuple[Tensor, Tensor]:
    """A thing at the body's outline or before it; the matte grows by it. Frames without a person stay as they are."""
    chosen = draw.chance(len(pictures), probability) & (alpha.amax((1, 2, 3)) > 0.5)
    if not chosen.any():
        return pictures, alpha
    some, matte = pictures[chosen], alpha[chosen]
    centre_x, centre_y, high = _on_the_body(matte, draw)
    thing = _thing(Size(pictures.shape[-1], pictures.shape[-2]), centre_x, centre_y, high, draw)
    pictures, alpha = pictures.clone(), alpha.clone()
    pictures[chosen] = _painted(some, thing, draw)
    alpha[chosen] = torch.maximum(matte, thing)
    return pictures, alpha


def lying(pictures: Tensor, alpha: Tensor, draw: Draw, probability: float) -> Tensor:
    """The same things anywhere in the room, behind the person: the matte does not change."""
    chosen = draw.chance(len(pictures), probability)
    if not chosen.any():
        return pictures
    some, size = pictures[chosen], Size(pictures.shape[-1], pictures.shape[-2])
    centre_x, centre_y = draw.uniform(len(some)) * size.width, draw.uniform(len(some)) * size.height
    high = draw.log_uniform(len(some), 0.08, 0.4) * size.height
    thing = _thing(size, centre_x, centre_y, high, draw) * (1 - alpha[chosen])
    pictures = pictures.clone()
    pictures[chosen] = _painted(some, thing, draw)
    return pictures


def _on_the_body(alpha: Tensor, draw: Draw) -> tuple[Tensor, Tensor, Tensor]:
    """A pixel of each body, mostly near its outline; x, y, and a height for a thing: 0.1 to 0.35 of the body's."""
    count, _, height, width = alpha.shape
    solid = (alpha > 0.5).float()
    near_outline = solid * functional.max_pool2d(1 - solid, 9, 1, 4)
    drawn = draw.weighted_each((near_outline + 0.05 * solid).view(count, -1) + 1e-9)
    rows = solid.amax((1, 3)).sum(1)
    high = rows * draw.log_uniform(count, 0.1, 0.35)
    return (drawn % width).float(), (drawn // width).float(), high.clamp(min=6, max=height / 2)


def _thing(size: Size, centre_x: Tensor, centre_y: Tensor, high: Tensor, draw: Draw) -> Tensor:
    """Mattes (N, 1, H, W) of a box with round corners, an ellipse, an ellipse on a rod, or an arc."""
    count = len(centre_x)
    x, y = grid(size, centre_x.device)
    angle = draw.uniform(count, -0.6, 0.6)
    across, down = x - plane(centre_x), y - plane(centre_y)
    turn_cos, turn_sin = plane(torch.cos(angle)), plane(torch.sin(angle))
    right, below = turn_cos * across + turn_sin * down, turn_cos * down - turn_sin * across
    tall = plane(high) / 2
    wide = tall * plane(draw.uniform(count, 0.45, 1.1))
    box = torch.maximum(right.abs() / wide, below.abs() / tall)
    ellipse = torch.sqrt((right / wide) ** 2 + (below / tall) ** 2)
    rod = torch.maximum(right.abs() / (0.12 * wide), (below - 1.5 * tall).abs() / (1.6 * tall))
    mug = torch.minimum(box, 1 + ((torch.hypot(right - wide, below) - 0.55 * tall).abs() - 0.12 * tall) / tall)
    arc = 1 + ((torch.hypot(right, below) - 1.2 * tall).abs() - 0.16 * tall) / tall + (below > 0.3 * tall).float()
    shapes = torch.stack([box, ellipse, torch.minimum(ellipse, rod), mug, arc])
    chosen = shapes[draw.index(count, len(shapes)), torch.arange(count, device=centre_x.device)]
    # From a distance in halves of the height to one in pixels: the outline is one pixel soft.
    return ((1 - chosen) * tall + 0.5).clamp(0, 1)[:, None]


def _painted(pictures: Tensor, thing: Tensor, draw: Draw) -> Tensor:
    """The thing in one colour, with a light from the side and a little texture."""
    count = len(pictures)
    colour = draw.uniform(count * 3, 0.03, 0.95).view(count, 3, 1, 1)
    grey = each(draw.chance(count, 0.5))
    colour = torch.where(grey, colour.mean(1, keepdim=True), colour)
    x, _ = grid(Size(pictures.shape[-1], pictures.shape[-2]), pictures.device)
    wave = 1 + 0.3 * torch.sin(x / pictures.shape[-1] * 6.28 * plane(draw.uniform(count, 1, 8)))[:, None]
    texture = gaussian(draw.normal((count, 1, *pictures.shape[2:])), 1.0) * 0.08
    surface = (colour * wave + texture).clamp(0, 1)
    return pictures * (1 - thing) + surface * thing
