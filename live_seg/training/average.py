"""The moving average of a network's weights: what is validated and shipped."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Average:
    """Exponential average of parameters and buffers (Polyak and Juditsky 1992, in its exponential form).

    Parameters
    ----------
    network
        Is copied, not kept.
    decay
        Weight of the past at each step; less in the first steps, so that the beginning is soon forgotten.
    """

    def __init__(self, network: nn.Module, decay: float) -> None:
        self._decay = decay
        self.state: dict[str, Tensor] = {name: one.detach().clone() for name, one in network.state_dict().items()}

    @torch.no_grad()
    def update(self, network: nn.Module, step: int) -> None:
        """Takes in the weights after step number `step`, counted from 1."""
        decay = min(self._decay, step / (step + 20))
        for name, one in network.state_dict().items():
            if one.is_floating_point():
                self.state[name].lerp_(one, 1 - decay)
            else:
                self.state[name].copy_(one)

    def load(self, state: dict[str, Tensor]) -> None:
        """Goes on from a saved average."""
        for name, one in state.items():
            self.state[name].copy_(one)
