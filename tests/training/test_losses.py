from __future__ import annotations

import math

import pytest
import torch
from segmentation_models_pytorch.losses import LovaszLoss, SoftBCEWithLogitsLoss
from torch import Tensor

from live_seg.errors import UsageError
from live_seg.training.losses import LOSSES, dice, edge_bce, edge_l1, edges, lovasz, soft_bce, weighted

pytestmark = pytest.mark.training


def batch(seed: int = 0, binary: bool = False) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    logits = torch.randn(3, 1, 16, 24, generator=generator) * 2
    alpha = torch.rand(3, 1, 16, 24, generator=generator)
    return logits, (alpha > 0.6).float() if binary else alpha


def pixels(*values: float) -> Tensor:
    return torch.tensor(values).view(1, 1, 1, -1)


def test_soft_bce_by_hand() -> None:
    # Logit 0 is a half: minus the logarithm of a half, whatever the truth.
    assert float(soft_bce(pixels(0.0, 0.0), pixels(1.0, 0.3))) == pytest.approx(math.log(2))


@pytest.mark.parametrize("smooth", [0.0, 0.1])
def test_soft_bce_agrees_with_segmentation_models_pytorch(smooth: float) -> None:
    logits, alpha = batch()
    theirs = SoftBCEWithLogitsLoss(smooth_factor=smooth or None)(logits, alpha)
    assert float(soft_bce(logits, alpha, smooth)) == pytest.approx(float(theirs), rel=1e-6)


def test_dice_by_hand() -> None:
    # Mattes 0.5, 0.5 and truth 1, 0: 1 - (2 * 0.5 + 1) / (0.5 + 1 + 1).
    assert float(dice(pixels(0.0, 0.0), pixels(1.0, 0.0))) == pytest.approx(1 - 2 / 2.5)


def test_dice_of_an_empty_picture_found_empty_is_nothing() -> None:
    assert float(dice(pixels(-30.0, -30.0), pixels(0.0, 0.0))) == pytest.approx(0, abs=1e-6)


def test_dice_agrees_with_plain_sums() -> None:
    logits, alpha = batch()
    total = 0.0
    for one, true in zip(torch.sigmoid(logits), alpha, strict=True):
        matte, truth = one.flatten().tolist(), true.flatten().tolist()
        shared = sum(m * t for m, t in zip(matte, truth, strict=True))
        total += 1 - (2 * shared + 1) / (sum(m * m for m in matte) + sum(t * t for t in truth) + 1)
    assert float(dice(logits, alpha)) == pytest.approx(total / 3, rel=1e-4)


def test_lovasz_by_hand() -> None:
    # One pixel, person, logit -1: its hinge error is 2, and it alone is all of the Jaccard loss.
    assert float(lovasz(pixels(-1.0), pixels(1.0))) == pytest.approx(2.0)
    # Sure and right everywhere costs nothing.
    assert float(lovasz(pixels(5.0, -5.0), pixels(1.0, 0.0))) == 0.0


def test_lovasz_agrees_with_segmentation_models_pytorch() -> None:
    logits, alpha = batch(binary=True)
    theirs = LovaszLoss(mode="binary", per_image=True)(logits, alpha)
    assert float(lovasz(logits, alpha)) == pytest.approx(float(theirs), rel=1e-5)


def test_edges_are_where_alpha_varies_within_three_pixels() -> None:
    alpha = torch.zeros(1, 1, 9, 20)
    alpha[..., 10:] = 1
    assert edges(alpha)[0, 0, 4].tolist() == [0.0] * 7 + [1.0] * 6 + [0.0] * 7


def test_edge_losses_count_more_at_outlines() -> None:
    alpha = torch.zeros(1, 1, 9, 20)
    alpha[..., 10:] = 1
    zeros = torch.zeros_like(alpha)
    # Six of twenty columns count four times (BCE) and three times (L1).
    assert float(edge_bce(zeros, alpha)) == pytest.approx(math.log(2) * (14 + 6 * 4) / 20)
    assert float(edge_l1(zeros, alpha)) == pytest.approx(0.5 * (14 + 6 * 3) / 20)


def test_edge_losses_agree_with_a_plain_loop() -> None:
    logits, alpha = batch(3)
    bce = distance = 0.0
    for number in range(3):
        truth, matte = alpha[number, 0], torch.sigmoid(logits[number, 0])
        for y in range(16):
            for x in range(24):
                window = truth[max(0, y - 3) : y + 4, max(0, x - 3) : x + 4]
                edge = float(window.max() - window.min())
                t, m = float(truth[y, x]), float(matte[y, x])
                bce -= (t * math.log(m) + (1 - t) * math.log(1 - m)) * (1 + 3 * edge)
                distance += abs(m - t) * (1 + 2 * edge)
    assert float(edge_bce(logits, alpha)) == pytest.approx(bce / (3 * 16 * 24), rel=1e-4)
    assert float(edge_l1(logits, alpha)) == pytest.approx(distance / (3 * 16 * 24), rel=1e-4)


@pytest.mark.parametrize("name", sorted(LOSSES))
def test_every_loss_is_less_for_a_better_matte_and_has_a_gradient(name: str) -> None:
    _, alpha = batch(binary=True)
    good, bad = (alpha * 2 - 1) * 4, (1 - alpha * 2) * 4
    bad.requires_grad_()
    worse = LOSSES[name](bad, alpha)
    worse.backward()
    assert float(LOSSES[name](good, alpha)) < float(worse.detach())
    assert bad.grad is not None and bool(torch.isfinite(bad.grad).all()) and float(bad.grad.abs().sum()) > 0


def test_weights_of_losses_add_up_and_a_wrong_name_is_refused() -> None:
    logits, alpha = batch()
    both = weighted({"dice": 0.5, "soft_bce": 2.0})(logits, alpha)
    assert float(both) == pytest.approx(0.5 * float(dice(logits, alpha)) + 2 * float(soft_bce(logits, alpha)))
    with pytest.raises(UsageError, match="dice"):
        weighted({"dize": 1.0})
    with pytest.raises(UsageError):
        weighted({})


def test_what_is_taken_for_a_person_where_nobody_is_counts_more() -> None:
    logits, alpha = batch()
    alpha[1] = 0
    losses = {"dice": 0.5, "edge_bce": 2.0}
    plain = weighted(losses)(logits, alpha)
    more = weighted(losses, nobody=2.5)(logits, alpha)
    assert float(more - plain) == pytest.approx(1.5 * 2.0 * float(edge_bce(logits[1:2], alpha[1:2])) / 3, rel=1e-5)
    somebody = logits[::2], alpha[::2]
    assert float(weighted(losses, nobody=2.5)(*somebody)) == float(weighted(losses)(*somebody))
    assert float(weighted({"dice": 1.0}, nobody=2.5)(logits, alpha)) == float(dice(logits, alpha))
