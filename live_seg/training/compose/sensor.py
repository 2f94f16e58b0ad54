"""What the sensor and the connection do: noise and JPEG."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from live_seg.training.compose.draw import Draw, each

_BLOCK = 8

# Luminance table K.1 of ITU-T T.81, for quality 50.
_QUANTISATION = (
    (16, 11, 10, 16, 24, 40, 51, 61),
    (12, 12, 14, 19, 26, 58, 60, 55),
    (14, 13, 16, 24, 40, 57, 69, 56),
    (14, 17, 22, 29, 51, 87, 80, 62),
    (18, 22, 37, 56, 68, 109, 103, 77),
    (24, 35, 55, 64, 81, 104, 113, 92),
    (49, 64, 78, 87, 103, 121, 120, 101),
    (72, 92, 95, 98, 112, 100, 103, 99),
)


def noisy(pictures: Tensor, draw: Draw, strength: float) -> Tensor:
    """Sensor noise, mostly little and sometimes much; more where there is light, and a part that is coarse.

    The variance is that of photons, which grows with the light, and of reading out, which does not (Foi et al.,
    "Practical Poissonian-Gaussian noise modeling", IEEE TIP 2008). Deviations go up to 0.09 of the range.
    """
    count = len(pictures)
    deviation = each(draw.uniform(count) ** 3 * 0.09 + 0.002) * strength
    photons = each(draw.uniform(count))
    by_light = torch.sqrt(photons * pictures + (1 - photons) * 0.25) * 2
    return (pictures + draw.normal(tuple(pictures.shape)) * deviation * by_light).clamp(0, 1)


def jpeg(pictures: Tensor, draw: Draw, probability: float) -> Tensor:
    """Quantised in the frequencies of 8x8 blocks as JPEG does (ITU-T T.81), at qualities of about 20 to 90.

    Height and width are multiples of 8.
    """
    count, channels, height, width = pictures.shape
    waves = _cosines(pictures.device)
    blocks = pictures.view(count, channels, height // _BLOCK, _BLOCK, width // _BLOCK, _BLOCK).permute(0, 1, 2, 4, 3, 5)
    steps = torch.tensor(_QUANTISATION, device=pictures.device, dtype=torch.float32) / 255
    steps = draw.log_uniform(count, 0.2, 2.5).view(count, 1, 1, 1, 1, 1) * steps
    coarse = torch.round(waves @ blocks @ waves.T / steps) * steps
    restored = (waves.T @ coarse @ waves).permute(0, 1, 2, 4, 3, 5).reshape(pictures.shape).clamp(0, 1)
    return torch.where(each(draw.chance(count, probability)), restored, pictures)


def _cosines(device: torch.device) -> Tensor:
    """The 8x8 matrix of the discrete cosine transform, orthonormal."""
    at = torch.arange(_BLOCK, device=device, dtype=torch.float32)
    waves = torch.cos((2 * at[None, :] + 1) * at[:, None] * math.pi / (2 * _BLOCK)) * math.sqrt(2 / _BLOCK)
    waves[0] /= math.sqrt(2)
    return waves
