"""Puts a person into a frame: off-centre, close, further away, cut by the edge, in the room's light."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from live_seg.frame import Size
from live_seg.training.compose.bank import Bank
from live_seg.training.compose.draw import Draw, each
from live_seg.training.compose.framing import HEAD
from live_seg.training.compose.light import in_colour_of, recoloured
from live_seg.training.compose.sampling import gaussian, grid, plane, sample

_BODY = 0.6, 2.0
"""Least height of what is below a head above the frame, over the frame's: some stand there, others fill it."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a person is fitted in: probabilities, and the strength of random colours."""

    match_light: float
    clean_edges: float
    colour: float
    headless: float = 0.0
    alike: float = 0.0


def placed(
    canvas: Tensor, alpha: Tensor, bank: Bank, look: Look, draw: Draw, heights: tuple[float, float]
) -> tuple[Tensor, Tensor]:
    """One person more in front of every canvas.

    Parameters
    ----------
    canvas, alpha
        float (N, 3, H, W) and (N, 1, H, W), in 0..1.
    bank
        Persons.
    look
        How they are fitted in.
    draw
        Chance.
    heights
        Least and greatest height of a person, over the frame's; above one the frame cuts him.

    Returns
    -------
    tuple of Tensor
        New canvas and alpha.
    """
    index = draw.weighted(len(canvas), bank.people)
    person, matte = _posed(bank, index, Size(canvas.shape[-1], canvas.shape[-2]), heights, look.headless, draw)
    person = torch.where(each(draw.chance(len(canvas), look.clean_edges)), clean_edges(person, matte), person)
    person = recoloured(person, draw, look.colour)
    person = torch.where(each(draw.chance(len(canvas), look.match_light)), in_light_of(canvas, person, matte), person)
    if look.alike:
        is_alike = each(draw.chance(len(canvas), look.alike))
        canvas = torch.where(is_alike, in_colour_of(person, matte, canvas, draw), canvas)
    return canvas * (1 - matte) + person * matte, torch.maximum(alpha, matte)


def clean_edges(person: Tensor, matte: Tensor) -> Tensor:
    """Where the matte is soft or ends, colours come from well inside, so that no rim of the old room shines through."""
    inside = (matte > 0.95).to(person.dtype)
    weight = gaussian(inside, 2.0)
    spread = gaussian(person * inside, 2.0) / weight.clamp(min=1e-3)
    rim = (1 - gaussian(inside, 0.8)) * (weight > 1e-3)
    return person * (1 - rim) + spread * rim


def in_light_of(canvas: Tensor, person: Tensor, matte: Tensor) -> Tensor:
    """The person's colours moved half-way to the mean colour of the canvas, by a factor of 0.6 to 1.5."""
    own = (person * matte).sum((2, 3), keepdim=True) / matte.sum((2, 3), keepdim=True).clamp(min=1)
    factor = 1 + 0.5 * (canvas.mean((2, 3), keepdim=True) / own.clamp(min=0.05) - 1)
    return (person * factor.clamp(0.6, 1.5)).clamp(0, 1)


def _posed(
    bank: Bank, index: Tensor, size: Size, heights: tuple[float, float], headless: float, draw: Draw
) -> tuple[Tensor, Tensor]:
    """Persons and their mattes at a random place, size and slant of the frame."""
    count = len(index)
    width, height = bank.sizes[index].unbind(1)
    left, top, right, bottom = bank.boxes[index].unbind(1)
    tall = bottom - top
    scale = draw.log_uniform(count, *heights) * size.height / tall  # frame pixels for a pixel of the picture
    scale = torch.minimum(scale, 1.5 * size.width / (right - left))
    flip = draw.sign(count)
    cut_left, cut_right, is_cut = bank.cuts[index].unbind(1)
    scale = torch.where(cut_left & cut_right, scale.maximum(1.1 * size.width / (right - left)), scale)
    without, hidden, body = _beheaded(count, headless, draw)
    body = torch.where(is_cut, body.clamp(min=1), body)
    scale = torch.where(without, scale.maximum(body * size.height / (tall * (1 - hidden))), scale)
    is_upright = cut_left | cut_right
    stretch = torch.where(is_upright, 1.0, draw.log_uniform(count, 0.92, 1.08))
    slant = torch.where(is_upright, 0.0, draw.uniform(count, -0.12, 0.12))
    centre_x = _across_frame((cut_left, cut_right), flip, (right - left) * scale, size, draw)
    centre_y = _height_in_frame(is_cut, tall * scale, size, draw)
    centre_y = torch.where(without, (0.5 - hidden) * tall * scale, centre_y)
    x, y = grid(size, bank.device)
    across, down = x - plane(centre_x), y - plane(centre_y)
    turn_cos, turn_sin = plane(torch.cos(slant)), plane(torch.sin(slant))
    scale_x, scale_y = plane(scale * stretch), plane(scale)
    from_x = plane((left + right) / 2) + (turn_cos * across / scale_x + turn_sin * down / scale_y) * plane(flip)
    from_y = plane((top + bottom) / 2) - turn_sin * across / scale_x + turn_cos * down / scale_y
    # Where the picture ends in the frame all the same, his last row goes on downwards.
    goes_on = plane(is_cut) & (from_y > plane(height) - 2)
    from_y = torch.where(goes_on, plane(height) - 2, from_y)
    # How much of a frame's pixel the picture covers; below, where the body goes on, all.
    ends = from_x + 0.5, plane(width) - 0.5 - from_x, from_y + 0.5, plane(height) - 0.5 - from_y
    left_in, right_in, top_in, bottom_in = ((end * plane(scale) + 0.5).clamp(0, 1) for end in ends)
    within = left_in * right_in * top_in * torch.where(plane(is_cut), 1.0, bottom_in)
    person, matte = (sample(part, index, from_x, from_y, 1 / scale) for part in (bank.pictures, bank.alphas))
    return person, matte * within[:, None]


def _beheaded(count: int, share: float, draw: Draw) -> tuple[Tensor, Tensor, Tensor]:
    """Whose head is above the frame, how much of his height is, and least heights of the rest over the frame's."""
    if not share:
        nothing = torch.zeros(count, device=draw.device)
        return nothing > 0, nothing, nothing
    return draw.chance(count, share), draw.uniform(count, *HEAD), draw.log_uniform(count, *_BODY)


def _across_frame(cuts: tuple[Tensor, Tensor], flip: Tensor, wide: Tensor, size: Size, draw: Draw) -> Tensor:
    """Centre of the person from the left. Where his picture cuts him at a side, or at both, the frame does, too."""
    count = len(wide)
    centre = draw.uniform(count, 0.05, 0.95) * size.width
    beyond = draw.uniform(count, 0, 0.15) * size.width + 1
    play = (wide - 1.05 * size.width).clamp(min=0) * draw.uniform(count, -0.5, 0.5)
    at_left = torch.where(flip > 0, *cuts)
    beside = torch.where(at_left, wide / 2 - beyond, size.width - wide / 2 + beyond)
    centre = torch.where(cuts[0] | cuts[1], beside, centre)
    return torch.where(cuts[0] & cuts[1], size.width / 2 + play, centre)


def _height_in_frame(is_cut: Tensor, tall: Tensor, size: Size, draw: Draw) -> Tensor:
    """Centre of the person from above. Where he is cut below, the frame's lower edge does it."""
    count = len(tall)
    cut_top = size.height - tall + draw.uniform(count, 0, 0.3) * tall
    free_top = draw.uniform(count) * (size.height - tall) * 1.1
    top = torch.where(is_cut, cut_top, free_top)
    too_tall = draw.uniform(count, -0.05, 0.2) * size.height  # the head stays in the frame, mostly
    return torch.where(tall > size.height, too_tall, top) + tall / 2
