"""What lens and movement do: a kernel for each picture."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from live_seg.training.compose.draw import Draw
from live_seg.training.compose.sampling import plane

_REACH = 4


def blurred(pictures: Tensor, draw: Draw, out_of_focus: float, moved: float) -> Tensor:
    """Pictures out of focus (a Gaussian of 0.3 to 1.6 pixels), moved (a line of up to 9 pixels), or untouched.

    Parameters
    ----------
    pictures
        float (N, 3, H, W).
    draw
        Chance.
    out_of_focus, moved
        Probabilities; they exclude each other.
    """
    chance = draw.uniform(len(pictures))
    chosen = chance < out_of_focus + moved
    if not chosen.any():
        return pictures
    kernel = _kernels(chance[chosen] < out_of_focus, draw)
    result = pictures.clone()
    result[chosen] = _convolved(pictures[chosen], kernel)
    return result


def _kernels(is_bell: Tensor, draw: Draw) -> Tensor:
    """(N, 9, 9): a Gaussian where `is_bell`, a line elsewhere."""
    count = len(is_bell)
    at = torch.arange(-_REACH, _REACH + 1, device=is_bell.device, dtype=torch.float32)
    y, x = torch.meshgrid(at, at, indexing="ij")
    sigma = plane(draw.uniform(count, 0.3, 1.6))
    bell = torch.exp(-(x**2 + y**2) / (2 * sigma**2))
    angle = plane(draw.uniform(count, 0, math.pi))
    aside = (x * torch.sin(angle) - y * torch.cos(angle)).abs()
    along = (x * torch.cos(angle) + y * torch.sin(angle)).abs()
    line = (1 - aside).clamp(min=0) * (along <= plane(draw.uniform(count, 1, _REACH)))
    kernel = torch.where(plane(is_bell), bell, line)
    return kernel / kernel.sum((1, 2), keepdim=True)


def _convolved(pictures: Tensor, kernel: Tensor) -> Tensor:
    count, channels, height, width = pictures.shape
    padded = functional.pad(pictures, (_REACH,) * 4, mode="reflect")
    folded = padded.reshape(1, count * channels, height + 2 * _REACH, width + 2 * _REACH)
    weights = kernel.repeat_interleave(channels, 0)[:, None]
    return functional.conv2d(folded, weights, groups=count * channels).view(count, channels, height, width)
