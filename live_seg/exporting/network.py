"""The network that ships: a resnet18 Unet++ whose skips are narrow."""

from __future__ import annotations

from collections.abc import Sequence

from segmentation_models_pytorch.base import SegmentationHead
from segmentation_models_pytorch.decoders.unetplusplus.decoder import UnetPlusPlusDecoder
from segmentation_models_pytorch.encoders import get_encoder
from torch import Tensor, nn

SKIPS = (16, 32, 48, 96, 160)
DECODER = (96, 64, 32, 16, 16)


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
    """

    def __init__(self, skips: Sequence[int] = SKIPS, decoder: Sequence[int] = DECODER) -> None:
        super().__init__()
        self.encoder = get_encoder("resnet18", weights=None)
        wide = self.encoder.out_channels[1:]
        self.narrow = nn.ModuleList(_thin(before, after) for before, after in zip(wide, skips, strict=True))
        self.decoder = UnetPlusPlusDecoder(encoder_channels=(3, *skips), decoder_channels=decoder, n_blocks=len(skips))
        self.segmentation_head = SegmentationHead(decoder[-1], 1, kernel_size=3)

    def forward(self, image: Tensor) -> Tensor:
        """Logits (N, 1, H, W) of normalised RGB (N, 3, H, W); H and W are multiples of 32."""
        whole, *features = self.encoder(image)
        thinned = [thin(feature) for thin, feature in zip(self.narrow, features, strict=True)]
        logits: Tensor = self.segmentation_head(self.decoder([whole, *thinned]))
        return logits


def _thin(before: int, after: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(before, after, 1, bias=False), nn.BatchNorm2d(after), nn.ReLU(inplace=True))
