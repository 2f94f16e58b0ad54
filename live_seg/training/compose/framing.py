"""Frames cut from what there is: a portrait in a webcam's framing, a part of a room."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor

from live_seg.frame import Size
from live_seg.training.compose.bank import Bank
from live_seg.training.compose.draw import Draw, each
from live_seg.training.compose.rooms import Rooms
from live_seg.training.compose.sampling import grid, mirrored, plane, sample

SQUEEZED = 0.2
"""A natural frame's shape is its picture's, but for this difference of the aspects' logarithms: a fifth."""

HEAD = 0.2, 0.45
"""Least and most of a person's height, from above, that is out of sight where he is seen without his head."""

_LEAST_LEFT = 0.3
"""Of a picture's height: where less of it is below the shoulders, the frame shows the head after all."""

_TILT = math.radians(30)
"""A picture is turned by so much at most, to either side."""

_NEARER = 0.4
"""Times the sine of that angle a turned picture is shown nearer, so that less of the frame lies outside it."""


class Origin(NamedTuple):
    """Where in the bank's pictures the pixels of the first n frames of a batch come from.

    A tuple, which Lightning Fabric hands on to a module.

    Attributes
    ----------
    which
        (n,): index of the picture.
    x, y
        Positions in it, float (n, H, W), in pixels.
    shrunk
        (n,): pixels of the picture to one of the frame.
    bare
        float (n, 1, H, W): 1 where the frame shows that picture, 0 where something was put in front, and in all of a
        frame that leaves the head out, which its teacher saw.
    """

    which: Tensor
    x: Tensor
    y: Tensor
    shrunk: Tensor
    bare: Tensor

    def to(self, device: torch.device) -> Origin:
        """The same on another device."""
        return Origin(*(part.to(device) for part in self))


def natural(
    bank: Bank, count: int, size: Size, draw: Draw, whole: float, headless: float = 0.0, tilted: float = 0.0
) -> tuple[Tensor, Tensor, Origin]:
    """Portraits as they are, of those whose shape is nearly the frame's: whole, or cut a little.

    Where no picture has such a shape, the nearest ones are cut to it.

    Parameters
    ----------
    bank
        Portraits.
    count, size
        Frames, and their size.
    draw
        Chance.
    whole
        Probability that all of the picture is shown.
    headless
        Probability that it is shown from below the person's head on, if three tenths of it are left then.
    tilted
        Probability that it is turned, by 30 degrees at most: corners without a picture mirror it.

    Returns
    -------
    tuple
        float (count, 3, H, W) and alpha (count, 1, H, W), in 0..1, and where they come from.
    """
    index = draw.weighted(count, _fitting(bank, size))
    width, height = bank.sizes[index].unbind(1)
    aspect = size.width / size.height
    cut_width = width * draw.uniform(count, 0.6, 1.15)
    cut_height = torch.minimum(
        cut_width / (aspect * draw.log_uniform(count, 0.85, 1.18)), height * draw.uniform(count, 0.8, 1.05)
    )
    is_whole = draw.chance(count, whole)
    cut_width, cut_height = torch.where(is_whole, width, cut_width), torch.where(is_whole, height, cut_height)
    above = torch.zeros_like(height)
    is_cut = torch.zeros_like(is_whole)
    if headless:
        _, top, _, bottom = bank.boxes[index].unbind(1)
        shoulders = top + (bottom - top) * draw.uniform(count, *HEAD)
        is_cut = draw.chance(count, headless) & (height - shoulders >= _LEAST_LEFT * height)
        above = torch.where(is_cut, shoulders, above)
        cut_height = torch.minimum(cut_height, torch.where(is_cut, height - shoulders, math.inf))
    most = math.exp(SQUEEZED)
    cut_width = torch.minimum(cut_width, cut_height * aspect * most)
    cut_height = torch.minimum(cut_height, cut_width / aspect * most)
    pictures, alpha, origin = _portraits(bank, index, cut_width, cut_height, size, draw, above, tilted)
    return pictures, alpha, origin._replace(bare=origin.bare * each(~is_cut))


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
    return _portraits(bank, index, cut_width, cut_height, size, draw)[:2]


def room(rooms: Rooms, count: int, size: Size, draw: Draw) -> Tensor:
    """Parts of rooms in the frame's shape, from half of the picture's height to all of it; float (count, 3, H, W)."""
    index = draw.weighted(count, rooms.weights)
    wide, high = rooms.pictures.shape[-1], rooms.pictures.shape[-2]
    cut_height = high * draw.uniform(count, 0.5, 1.0)
    cut_width = cut_height * size.width / size.height
    fit = (wide / cut_width).clamp(max=1)
    cut_width, cut_height = cut_width * fit, cut_height * fit
    left, top = (wide - cut_width) * draw.uniform(count), (high - cut_height) * draw.uniform(count)
    where = _cut(size, left, top, cut_width, cut_height, draw)
    return sample(rooms.pictures, index, *where, cut_height / size.height)


def _fitting(bank: Bank, size: Size) -> Tensor:
    """The bank's weights, 0 for pictures of other shapes than the frame's; of the nearest if all are of others."""
    apart = (torch.log(bank.sizes[:, 0] / bank.sizes[:, 1]) - math.log(size.width / size.height)).abs()
    nearest = float(apart[bank.weights > 0].min())
    return bank.weights * (apart <= max(SQUEEZED, nearest + 0.05))


def _portraits(
    bank: Bank,
    index: Tensor,
    width: Tensor,
    height: Tensor,
    size: Size,
    draw: Draw,
    above: Tensor | float = 0.0,
    tilted: float = 0.0,
) -> tuple[Tensor, Tensor, Origin]:
    """Parts of that size of portraits, somewhere in them below `above`, mirrored where they are larger; some turned."""
    wide, high = bank.sizes[index].unbind(1)
    left = (wide - width) * draw.uniform(len(index))
    top = above + (high - above - height) * draw.uniform(len(index))
    x, y = _cut(size, left, top, width, height, draw)
    if tilted:
        x, y = _tilted(x - plane(left + width / 2), y - plane(top + height / 2), tilted, draw)
        x, y = x + plane(left + width / 2), y + plane(top + height / 2)
    x, y = mirrored(x, plane(wide)), mirrored(y, plane(high))
    shrunk = torch.sqrt(width * height / (size.width * size.height))
    pictures, alpha = (sample(part, index, x, y, shrunk) for part in (bank.pictures, bank.alphas))
    return pictures, alpha, Origin(index, x, y, shrunk, torch.ones_like(alpha))


def _tilted(x: Tensor, y: Tensor, probability: float, draw: Draw) -> tuple[Tensor, Tensor]:
    """Positions about a centre, some of them turned around it, and nearer then: less of the corners lies outside."""
    angle = draw.uniform(len(x), -_TILT, _TILT) * draw.chance(len(x), probability)
    nearer = 1 - _NEARER * torch.sin(angle).abs()
    cos, sin = plane(torch.cos(angle) * nearer), plane(torch.sin(angle) * nearer)
    return cos * x + sin * y, cos * y - sin * x


def _cut(size: Size, left: Tensor, top: Tensor, width: Tensor, height: Tensor, draw: Draw) -> tuple[Tensor, Tensor]:
    """Positions of a rectangle for each pixel of the frame, half of them with left and right swapped."""
    x, y = grid(size, left.device)
    x = torch.where(plane(draw.chance(len(left), 0.5)), size.width - 1 - x, x)
    return plane(left) + x / size.width * plane(width), plane(top) + y / size.height * plane(height)
