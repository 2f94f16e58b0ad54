"""Reads pictures of a bank at fractional positions."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from live_seg.frame import Size

_MOST_HALVINGS = 3


def grid(size: Size, device: torch.device) -> tuple[Tensor, Tensor]:
    """x and y of every pixel of a frame, each float (height, width)."""
    rows = torch.arange(size.height, device=device, dtype=torch.float32)
    columns = torch.arange(size.width, device=device, dtype=torch.float32)
    y, x = torch.meshgrid(rows, columns, indexing="ij")
    return x, y


def sample(pictures: Tensor, index: Tensor, x: Tensor, y: Tensor, shrunk: Tensor) -> Tensor:
    """Pictures of a bank read at fractional positions, made smaller as `live_seg.shrink` does for the app.

    Read pixel by pixel, a picture that is made five times smaller is 10 grey levels (root mean square) from that: its
    person is jagged and the room is not, by which a network finds him (docs/experiments.md).

    Parameters
    ----------
    pictures
        uint8 (M, C, H, W).
    index
        (N,): which.
    x, y
        Positions (N, h, w) in pixels; outside the last pixel goes on.
    shrunk
        (N,): pixels of the picture to one of the frame. From 2 on they are averaged by twos, from 4 by fours, and only
        then interpolated.

    Returns
    -------
    Tensor
        float (N, C, h, w) in 0..1.
    """
    halvings = torch.log2(shrunk).floor().clamp(0, _MOST_HALVINGS).long()
    result = torch.empty(len(index), pictures.shape[1], *x.shape[1:], device=pictures.device)
    for often in sorted(set(halvings.tolist())):
        chosen = halvings == often
        read = pictures[index[chosen]].float() / 255
        side = 1 << often
        if often:
            read = functional.avg_pool2d(read, side, ceil_mode=True)
        across = (x[chosen] + 0.5) / (read.shape[-1] * side) * 2 - 1
        down = (y[chosen] + 0.5) / (read.shape[-2] * side) * 2 - 1
        where = torch.stack([across, down], -1)
        result[chosen] = functional.grid_sample(
            read, where, mode="bilinear", padding_mode="border", align_corners=False
        )
    return result


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
