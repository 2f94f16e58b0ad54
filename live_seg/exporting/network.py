"""The network that ships: a resnet18 Unet++ whose skips are narrow."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from segmentation_models_pytorch.base import SegmentationHead
from segmentation_models_pytorch.decoders.unetplusplus.decoder import UnetPlusPlusDecoder
from segmentation_models_pytorch.encoders import get_encoder
from torch import Tensor, nn
from torch.nn import functional

from live_seg.errors import UsageError

SKIPS = (16, 32, 48, 96, 160)
DECODER = (96, 64, 32, 16, 16)

CUTS = (1, 2, 3)
"""Levels of the smaller networks within: X^{0,1} to X^{0,3} of the paper, which are x_3_3, x_2_3 and x_1_3 here."""


class NarrowUnetPlusPlus(nn.Module):
    """Unet++ (Zhou et al. 2018) on a resnet18, with 1x1 convolutions that thin what the decoder is shown.

    Nearly all work of the plain network is in the nested decoder, and there in the nodes of high resolution,
    which grow with the channels on the skips. Thinning those takes 10.0 GMACs at 256x160 down to 2.75.

    Parameters
    ----------
    skips
        Channels of the thinned encoder features, at 1/2, 1/4, 1/8, 1/16 and 1/32 of the size.
    decoder
        Channels of the decoder's levels, at 1/16, 1/8, 1/4, 1/2 and the full size.
    deep_supervision
        Has heads at the three smaller Unet++ within it as well, which `Cut` makes networks of their own.
    """

    def __init__(
        self, skips: Sequence[int] = SKIPS, decoder: Sequence[int] = DECODER, deep_supervision: bool = False
    ) -> None:
        super().__init__()
        self.encoder = get_encoder("resnet18", weights=None)
        wide = self.encoder.out_channels[1:]
        self.narrow = nn.ModuleList(_thin(before, after) for before, after in zip(wide, skips, strict=True))
        self.decoder = UnetPlusPlusDecoder(encoder_channels=(3, *skips), decoder_channels=decoder, n_blocks=len(skips))
        self.segmentation_head = SegmentationHead(decoder[-1], 1, kernel_size=3)
        self.cut_heads = nn.ModuleList(nn.Conv2d(skips[0], 1, 1) for _ in CUTS) if deep_supervision else None

    def forward(self, image: Tensor) -> Tensor:
        """Logits (N, 1, H, W) of normalised RGB (N, 3, H, W); H and W are multiples of 32.

        In training with deep supervision (N, 4, H, W): the network's own, then those of its cuts.
        """
        features = self.features(image)
        logits: Tensor = self.segmentation_head(self.decoder(features))
        if self.training and self.cut_heads is not None:
            return torch.cat([logits, *(self.cut(features, number) for number in CUTS)], 1)
        return logits

    def features(self, image: Tensor) -> list[Tensor]:
        """The picture, and what the decoder is shown of it, finest first."""
        whole, *features = self.encoder(image)
        return [whole, *(thin(feature) for thin, feature in zip(self.narrow, features, strict=True))]

    def cut(self, features: Sequence[Tensor], number: int) -> Tensor:
        """Logits (N, 1, H, W) of the Unet++ of `number` levels below the first; coarser features are not looked at."""
        assert self.cut_heads is not None
        levels = features[:0:-1]  # coarsest first, without the picture
        finest = len(levels) - 2
        made: dict[tuple[int, int], Tensor] = {}

        def node(depth: int, layer: int) -> Tensor:
            if (depth, layer) not in made:
                before = levels[depth] if depth == layer else node(depth, layer - 1)
                beside = [node(other, layer) for other in range(depth + 1, layer + 1)]
                skip = torch.cat([*beside, levels[layer + 1]], 1)
                made[depth, layer] = self.decoder.blocks[f"x_{depth}_{layer}"](before, skip)
            return made[depth, layer]

        half = self.cut_heads[number - 1](node(finest + 1 - number, finest))
        return functional.interpolate(half, scale_factor=2.0, mode="bilinear", align_corners=False)


class Cut(nn.Module):
    """One of the smaller Unet++ within a network that was trained with deep supervision.

    The paper's pruning: the decoder ends at an earlier node of half the size, and what only feeds later ones (the
    deepest stages of the encoder, too) falls away when the network is exported.

    Parameters
    ----------
    network
        The whole one.
    number
        Of `CUTS`.

    Raises
    ------
    UsageError
        If there is no such cut, or the network was trained without.
    """

    def __init__(self, network: nn.Module, number: int) -> None:
        super().__init__()
        if not isinstance(network, NarrowUnetPlusPlus) or network.cut_heads is None:
            raise UsageError(
                "the network cannot be cut: it was trained without heads at its nodes",
                "Train a NarrowUnetPlusPlus with network.deep_supervision = true.",
            )
        if number not in CUTS:
            raise UsageError(f"there is no cut {number}", f"There are: {', '.join(map(str, CUTS))}.")
        self.network = network
        self.number = number

    def forward(self, image: Tensor) -> Tensor:
        """Logits (N, 1, H, W), enlarged from half the size."""
        return self.network.cut(self.network.features(image), self.number)


def _thin(before: int, after: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(before, after, 1, bias=False), nn.BatchNorm2d(after), nn.ReLU(inplace=True))
