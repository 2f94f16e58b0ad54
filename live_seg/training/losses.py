"""Losses by name: logits and true alpha, both float (N, 1, H, W), to one number."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor
from torch.nn import functional

from live_seg.errors import UsageError, unknown

Loss = Callable[[Tensor, Tensor], Tensor]


def soft_bce(logits: Tensor, alpha: Tensor, smooth: float = 0.0) -> Tensor:
    """Binary cross-entropy against a soft alpha; with `smooth` its 0 and 1 count as that much less sure."""
    return functional.binary_cross_entropy_with_logits(logits, alpha * (1 - 2 * smooth) + smooth)


def edge_bce(logits: Tensor, alpha: Tensor) -> Tensor:
    """Binary cross-entropy that counts up to four times within three pixels of an outline."""
    each = functional.binary_cross_entropy_with_logits(logits, alpha, reduction="none")
    return (each * (1 + 3 * edges(alpha))).mean()


def edge_l1(logits: Tensor, alpha: Tensor) -> Tensor:
    """Absolute difference of the alphas, up to three times within three pixels of an outline: keeps the matte crisp."""
    return ((torch.sigmoid(logits) - alpha).abs() * (1 + 2 * edges(alpha))).mean()


def dice(logits: Tensor, alpha: Tensor) -> Tensor:
    """One less the Dice coefficient of each picture, in the squared form of Milletari et al., "V-Net", 3DV 2016.

    One is added above and below, so that an empty picture found empty costs nothing.
    """
    matte = torch.sigmoid(logits)
    shared, own, true = (
        (first * second).sum((1, 2, 3)) for first, second in ((matte, alpha), (matte, matte), (alpha, alpha))
    )
    return 1 - ((2 * shared + 1) / (own + true + 1)).mean()


def lovasz(logits: Tensor, alpha: Tensor) -> Tensor:
    """Lovász hinge, a convex surrogate of the IoU of each picture: Berman et al., CVPR 2018.

    Truth is binary here: half and more is person.
    """
    return torch.stack(
        [_lovasz_of_one(one.flatten(), true.flatten()) for one, true in zip(logits, alpha, strict=True)]
    ).mean()


def _lovasz_of_one(logits: Tensor, alpha: Tensor) -> Tensor:
    truth = (alpha >= 0.5).to(logits.dtype)
    errors, order = torch.sort(1 - logits * (2 * truth - 1), descending=True)
    truth = truth[order]
    # The Jaccard loss after each further mistake; its increments are the gradient of the Lovász extension.
    jaccard = 1 - (truth.sum() - truth.cumsum(0)) / (truth.sum() + (1 - truth).cumsum(0))
    increments = torch.cat([jaccard[:1], jaccard[1:] - jaccard[:-1]])
    return functional.relu(errors) @ increments


def edges(alpha: Tensor, reach_px: int = 3) -> Tensor:
    """How much alpha varies within `reach_px` around each pixel, 0..1."""
    side = 2 * reach_px + 1
    highest = functional.max_pool2d(alpha, side, 1, reach_px)
    return highest + functional.max_pool2d(-alpha, side, 1, reach_px)


LOSSES: dict[str, Loss] = {
    "soft_bce": soft_bce,
    "edge_bce": edge_bce,
    "edge_l1": edge_l1,
    "dice": dice,
    "lovasz": lovasz,
}


def weighted(weights: Mapping[str, float], nobody: float = 1.0) -> Loss:
    """Sum of the named losses times their weights.

    Parameters
    ----------
    weights
        Of each loss.
    nobody
        How much `edge_bce` counts in frames in which nobody is, against 1 elsewhere: what is taken for a person there
        is a hundredth of a batch's pixels.

    Raises
    ------
    UsageError
        If a name is unknown, or there is none.
    """
    for name in weights:
        if name not in LOSSES:
            raise unknown("loss", name, LOSSES)
    if not weights:
        raise UsageError("train.losses is empty", f"Name at least one of {', '.join(LOSSES)}.")

    def total(logits: Tensor, alpha: Tensor) -> Tensor:
        all_ = torch.stack([weight * LOSSES[name](logits, alpha) for name, weight in weights.items()]).sum()
        empty = alpha.amax((1, 2, 3)) == 0
        if nobody == 1 or not empty.any():
            return all_
        more = (nobody - 1) * weights.get("edge_bce", 0.0) * empty.float().mean()
        return all_ + more * edge_bce(logits[empty], alpha[empty])

    return total
