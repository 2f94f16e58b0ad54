"""The losses between a network and its teacher."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from live_seg.errors import UsageError
from live_seg.training.compose.framing import Origin
from live_seg.training.config import Teaching
from live_seg.training.losses import edges
from live_seg.training.teaching.answers import Answers

_ALL = 0.999
"""Of a cell has to show what the teacher saw, less what rounding takes."""


class Lessons(nn.Module):
    """What the network's own features must be able to say: the teacher's, by a 1x1 convolution that is thrown away.

    In the manner of A. Romero et al., "FitNets: hints for thin deep nets", ICLR 2015; the mattes as in G. Hinton et
    al., "Distilling the knowledge in a neural network", 2015. Only frames that show a picture as it is are taught: the
    teacher saw that picture whole and at its own size, once, before the run.

    Parameters
    ----------
    network
        With an `encoder` of segmentation_models_pytorch; what it sees is noted at each pass.
    answers
        Of the bank that the frames come from.
    config
        Part `teaching` of the configuration.
    input_width
        Of the teacher's input: its tensors' strides follow.

    Raises
    ------
    UsageError
        If the network has no such encoder, or a tensor has no stride of it.
    """

    def __init__(self, network: nn.Module, answers: Answers, config: Teaching, input_width: int) -> None:
        super().__init__()
        encoder: Any = getattr(network, "encoder", None)
        if config.tensors and (encoder is None or not hasattr(encoder, "out_channels")):
            raise UsageError("teaching.tensors needs a network with an encoder", "Leave it empty: mattes alone teach.")
        self._answers, self._config = answers, config
        self._seen: list[Tensor] = []
        self._levels: list[int] = []
        self.heads = nn.ModuleList()
        for name, tensor in zip(config.tensors, answers.tensors, strict=True):
            channels, stride = list(encoder.out_channels), round(input_width / tensor.shape[-1])
            level = round(math.log2(stride))
            if 2**level != stride or not 0 < level < len(channels):
                raise UsageError(f"teaching.tensors: {name} has a stride of {stride}", "The encoder has none like it.")
            self._levels.append(level)
            self.heads.append(nn.Conv2d(sum(channels[level : level + 2]), tensor.shape[1], 1))
        if config.tensors:
            encoder.register_forward_hook(self._note)

    def forward(self, logits: Tensor, origin: Origin, shapes_network: bool) -> Tensor:
        """Weighted sum of the losses of a batch that the network has just seen.

        Parameters
        ----------
        logits
            (N, 1, H, W).
        origin
            Of its natural frames.
        shapes_network
            Whether its features are changed, too; otherwise the convolutions alone learn to read them.
        """
        count = len(origin.which)
        loss = logits.new_zeros(())
        if self._config.mattes and shapes_network:
            matte = self._answers.matte(origin)
            agreed = (self._answers.agreements[origin.which.cpu()] >= self._config.least_iou).to(matte)
            each = functional.binary_cross_entropy_with_logits(logits[:count], matte, reduction="none")
            loss = self._config.mattes * (each * (1 + 3 * edges(matte)) * origin.bare * agreed.view(-1, 1, 1, 1)).mean()
        return loss + self._config.features * self._features(origin, shapes_network)

    def _features(self, origin: Origin, shapes_network: bool) -> Tensor:
        count, total = len(origin.which), origin.bare.new_zeros(())
        for number, (head, level) in enumerate(zip(self.heads, self._levels, strict=True)):
            own = [one[:count] if shapes_network else one[:count].detach() for one in self._seen[level : level + 2]]
            size = own[0].shape[2:]
            read = head(torch.cat([functional.interpolate(one, size) for one in own], 1)).float()
            goal = self._answers.standardised(number, origin, 2**level)
            bare = (functional.avg_pool2d(origin.bare, 2**level) > _ALL).float()
            total = total + (functional.smooth_l1_loss(read, goal, reduction="none") * bare).mean()
        return total

    def _note(self, encoder: nn.Module, given: Any, features: list[Tensor]) -> None:
        self._seen = list(features)
