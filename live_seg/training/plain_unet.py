"""The U-Net as it was first drawn: no borrowed encoder, two convolutions a level."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


class PlainUnet(nn.Module):
    """Ronneberger et al., "U-Net", MICCAI 2015, with padded convolutions and batch normalisation.

    Parameters
    ----------
    levels
        Sizes at which it works, the picture's own among them.
    base
        Channels of the first level; each further one has twice as many.
    """

    def __init__(self, levels: int = 5, base: int = 32) -> None:
        super().__init__()
        widths = [base << level for level in range(levels)]
        self.down = nn.ModuleList(_twice(before, after) for before, after in zip([3, *widths], widths, strict=False))
        self.widen = nn.ModuleList(
            nn.ConvTranspose2d(2 * width, width, kernel_size=2, stride=2) for width in reversed(widths[:-1])
        )
        self.up = nn.ModuleList(_twice(2 * width, width) for width in reversed(widths[:-1]))
        self.head = nn.Conv2d(base, 1, kernel_size=1)

    def forward(self, image: Tensor) -> Tensor:
        """Logits (N, 1, H, W) of normalised RGB (N, 3, H, W); H and W are multiples of 2 to the levels less one."""
        seen = [self.down[0](image)]
        for level in self.down[1:]:
            seen.append(level(functional.max_pool2d(seen[-1], 2)))
        features = seen.pop()
        for widen, level in zip(self.widen, self.up, strict=True):
            features = level(torch.cat([seen.pop(), widen(features)], 1))
        logits: Tensor = self.head(features)
        return logits


def _twice(before: int, after: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for channels in (before, after):
        layers += [nn.Conv2d(channels, after, 3, padding=1, bias=False), nn.BatchNorm2d(after), nn.ReLU(inplace=True)]
    return nn.Sequential(*layers)
