"""What turns gradients into steps, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import AdamW, Optimizer

from live_seg.training.config import Train

_QUINTIC = (3.4445, -4.7750, 2.0315)
"""Coefficients of an iteration that brings every singular value in (0, 1] to about 1 (0.7 to 1.2) in five rounds."""

_ROUNDS = 5
_LEAST_CHANNELS = 8
_LARGE = 256
_KEPT_STEPS = 3


def build_optimisers(network: nn.Module, config: Train) -> list[Optimizer]:
    """The optimisers of a network's parameters; each group has its `highest` learning rate."""
    if config.optimiser == "adamw":
        return [AdamW(_groups(network, config, lambda _: True), weight_decay=config.weight_decay)]
    matrices = Muon(_groups(network, config, is_matrix), weight_decay=config.weight_decay)
    rest = _groups(network, config, lambda one: not is_matrix(one))
    return [matrices, AdamW(rest, weight_decay=config.weight_decay)]


def is_matrix(parameter: Tensor) -> bool:
    """Whether it mixes many channels into many others: neither the first layer, nor a head, nor one by channel."""
    return parameter.ndim == 4 and min(parameter.shape[:2]) >= _LEAST_CHANNELS


class Muon(Optimizer):
    """Momentum whose matrix is made orthogonal, so that rare directions of the gradient are learned like frequent ones.

    After K. Jordan et al., "Muon: an optimizer for hidden layers in neural networks" (2024), at the scale of J. Liu et
    al., "Muon is scalable for LLM training" (2025), by which learning rate and weight decay are those of AdamW.

    Parameters
    ----------
    groups
        Parameters of two and more dimensions; all but the first are one.
    learning_rate
        Of groups that have none.
    weight_decay
        Decoupled from the gradient.
    momentum
        After Nesterov.
    """

    def __init__(
        self,
        groups: Iterable[dict[str, Any]],
        learning_rate: float = 1e-3,
        weight_decay: float = 0.02,
        momentum: float = 0.95,
    ) -> None:
        super().__init__(groups, {"lr": learning_rate, "weight_decay": weight_decay, "momentum": momentum})

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """One step; there is no closure."""
        del closure
        for group in self.param_groups:
            for number, parameter in enumerate(group["params"]):
                if parameter.grad is not None:
                    self._step(parameter, parameter.grad, group, number)

    def _step(self, parameter: Tensor, gradient: Tensor, group: dict[str, Any], number: int) -> None:
        state = self.state[parameter]
        if not state:
            state["momentum"] = torch.zeros_like(parameter)
            state["steps"] = 0
        state["momentum"].lerp_(gradient, 1 - group["momentum"])
        update = gradient.lerp(state["momentum"], group["momentum"]).flatten(1)
        # Of a large matrix what makes it orthogonal costs as much as a sixth of a batch, and changes slowly.
        is_due = min(update.shape) < _LARGE or (state["steps"] + number) % _KEPT_STEPS == 0
        if is_due or "factor" not in state:
            state["factor"] = orthogonal_factor(update)
        state["steps"] += 1
        rows, columns = update.shape
        update = state["factor"] @ update if rows <= columns else update @ state["factor"]
        parameter.mul_(1 - group["lr"] * group["weight_decay"])
        parameter.add_(update.view_as(parameter), alpha=-group["lr"] * 0.2 * max(rows, columns) ** 0.5)


def orthogonal_factor(matrix: Tensor) -> Tensor:
    """The factor that makes a matrix about orthogonal: on its left if it is wide, on its right if it is high.

    It is the quintic Newton-Schulz iteration of Muon, on the square of the shorter side: the iterates are polynomials
    of that, so the long side takes part only in the first product and the last.

    Parameters
    ----------
    matrix
        float (rows, columns).

    Returns
    -------
    Tensor
        float (n, n), n the shorter side.
    """
    wide = matrix if len(matrix) <= matrix.shape[1] else matrix.T
    scale: Tensor = 1 / (wide.norm() + 1e-7)
    square = (wide * scale) @ (wide * scale).T
    unit = torch.eye(len(square), device=square.device, dtype=square.dtype)
    factor: Tensor = unit
    first, third, fifth = _QUINTIC
    for _ in range(_ROUNDS):
        polynomial = first * unit + third * square + fifth * (square @ square)
        factor = polynomial @ factor
        square = polynomial @ (polynomial @ square)
        square = (square + square.T) / 2
    return factor * scale


def _groups(network: nn.Module, config: Train, takes: Callable[[Tensor], bool]) -> list[dict[str, Any]]:
    """The encoder's parameters, which learn more slowly, and the others."""
    highest = config.learning_rate
    encoder = getattr(network, "encoder", None)
    slowly = list(encoder.parameters()) if isinstance(encoder, nn.Module) else []
    own = {id(one) for one in slowly}
    rest = [one for one in network.parameters() if id(one) not in own]
    slow = highest * config.encoder_rate
    return [
        {"params": list(filter(takes, slowly)), "lr": slow, "highest": slow},
        {"params": list(filter(takes, rest)), "lr": highest, "highest": highest},
    ]
