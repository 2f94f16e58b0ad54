"""Reads pictures of a bank at fractional positions."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from live_seg.frame import Size


def grid(size: Size, device: torch.device) -> tuple[Tensor, Tensor]:
    """x and y of every pixel of a frame, each float (height, width)."""
    rows = torch.arange(size.height, device=device, dtype=torch.float32)
    columns = torch.arange(size.width, device=device, dtype=torch.float32)
    y, x = torch.meshgrid(rows, columns, indexing="ij")
    return x, y


def sample(pictures: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """uint8 (N, C, H, W) read bilinearly at positions (N, h, w) in pixels; float in 0..1, zero outside."""
    across, down = (x + 0.5) / pictures.shape[-1] * 2 - 1, (y + 0.5) / pictures.shape[-2] * 2 - 1
    where = torch.stack([across, down], -1)
    return functional.grid_sample(
        pictures.float() / 255, where, mode="bilinear", padding_mode="zeros", align_corners=False
    )


def mirrored(position: Tensor, length: Tensor) -> Tensor:
    """Positions outside 0..length-1 mirrored back into it."""
    period = (2 * (length - 1)).clamp(min=1)
    position = torch.remainder(position, period)
    return torch.where(position > length - 1, period - position, position)


def plane(values: Tensor) -> Tensor:
    """(N,) as (N, 1, 1), to be combined with a grid."""
    return values.view(-1, 1, 1)


def gaussian(pictures: Tensor, sigma_px: float) -> Tensor:
    """Pictures (N, C, H, W) blurred by a Gaussian, borders mirrored."""
    reach = max(1, round(2.5 * sigma_px))
    at = torch.arange(-reach, reach + 1, device=pictures.device, dtype=pictures.dtype)
    bell = torch.exp(-(at**2) / (2 * sigma_px**2))
    bell = bell / bell.sum()
    channels = pictures.shape[1]
    for kernel, padding in ((bell[None, :], (reach, reach, 0, 0)), (bell[:, None], (0, 0, reach, reach))):
        weight = kernel.expand(channels, 1, *kernel.shape)
        pictures = functional.conv2d(functional.pad(pictures, padding, mode="reflect"), weight, groups=channels)
    return pictures
