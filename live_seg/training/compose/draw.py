"""Random numbers of one batch: a function of the run's seed, the step and the chunk, and of nothing else."""

from __future__ import annotations

import hashlib

import torch
from torch import Tensor


class Draw:
    """Random tensors from a generator of its own.

    Parameters
    ----------
    device
        Where they are made.
    *key
        Equal keys draw equal numbers on the same kind of device: seed, step, chunk.
    """

    def __init__(self, device: torch.device, *key: int) -> None:
        self.device = device
        self._generator = torch.Generator(device).manual_seed(derived_seed(*key))

    def uniform(self, count: int, low: float = 0.0, high: float = 1.0) -> Tensor:
        """(count,) between two numbers."""
        return torch.rand(count, generator=self._generator, device=self.device) * (high - low) + low

    def log_uniform(self, count: int, low: float, high: float) -> Tensor:
        """(count,) between two positive numbers, ratios being equally likely."""
        return low * (high / low) ** self.uniform(count)

    def chance(self, count: int, probability: float) -> Tensor:
        """(count,) of bool, True with that probability."""
        return self.uniform(count) < probability

    def sign(self, count: int) -> Tensor:
        """(count,) of -1 or 1."""
        return torch.where(self.chance(count, 0.5), -1.0, 1.0)

    def index(self, count: int, below: int) -> Tensor:
        """(count,) whole numbers from 0."""
        return torch.randint(below, (count,), generator=self._generator, device=self.device)

    def weighted(self, count: int, weights: Tensor) -> Tensor:
        """(count,) indices into `weights`, in proportion to them, repeats allowed."""
        return torch.multinomial(weights, count, replacement=True, generator=self._generator)

    def weighted_each(self, weights: Tensor) -> Tensor:
        """(N,): one index into each row of `weights` (N, M), in proportion to it."""
        return torch.multinomial(weights, 1, generator=self._generator)[:, 0]

    def normal(self, shape: tuple[int, ...]) -> Tensor:
        """Standard normal numbers."""
        return torch.randn(shape, generator=self._generator, device=self.device)


def derived_seed(*key: int) -> int:
    """63 bits that depend on every number of the key."""
    digest = hashlib.sha256(":".join(map(str, key)).encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def each(values: Tensor) -> Tensor:
    """(N,) as (N, 1, 1, 1), to be applied to a batch of pictures."""
    return values.view(-1, 1, 1, 1)
