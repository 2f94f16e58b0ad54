"""Reads pictures of a bank at fractional positions."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from live_seg.frame import Size

_MOST_HALVINGS = 3
_NEARLY = 1.2
"""Below this factor one place of a pixel is as good as four."""


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
        (N,): pixels of the picture to one of the frame. From 2 on they are averaged by twos, from 4 by fours; what is
        left is read at four places of the frame's pixel.

    Returns
    -------
    Tensor
        float (N, C, h, w) in 0..1.
    """
    halvings = torch.log2(shrunk).floor().clamp(0, _MOST_HALVINGS).long()
    is_smaller = shrunk / 2**halvings > _NEARLY
    result = torch.empty(len(index), pictures.shape[1], *x.shape[1:], device=pictures.device)
    for often, smaller in sorted(set(zip(halvings.tolist(), is_smaller.tolist(), strict=True))):
        chosen = (halvings == often) & (is_smaller == smaller)
        read = pictures[index[chosen]].float() / 255
        side = 1 << often
        if often:
            read = functional.avg_pool2d(read, side, ceil_mode=True)
        quarter = plane(shrunk[chosen] / 4)
        places = [(across, down) for across in (-1, 1) for down in (-1, 1)] if smaller else [(0, 0)]
        parts = [
            _read(read, (x[chosen] + across * quarter) / side, (y[chosen] + down * quarter) / side, side)
            for across, down in places
        ]
        result[chosen] = torch.stack(parts).mean(0)
    return result


def _read(pictures: Tensor, x: Tensor, y: Tensor, side: int) -> Tensor:
    """Read bilinearly at positions that were divided by `side`, as the pictures' own sides were."""
    half = 0.5 / side
    across, down = (x + half) / pictures.shape[-1] * 2 - 1, (y + half) / pictures.shape[-2] * 2 - 1
    where = torch.stack([across, down], -1)
    return functional.grid_sample(pictures, where, mode="bilinear", padding_mode="border", align_corners=False)


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
